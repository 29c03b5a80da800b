package dev.retouch.server.api;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import dev.retouch.server.contract.HealthApiService;
import dev.retouch.server.contract.model.Health;

/** {@code GET /healthz} and {@code GET /readyz}. */
public final class HealthDelegate implements HealthApiService {

    private final Map<String, BooleanSupplier> checks;

    /** Ready when all of these hold. */
    public HealthDelegate(Map<String, BooleanSupplier> checks) {
        this.checks = Map.copyOf(checks);
    }

    @Override
    public Response checkHealth(ContainerRequestContext request) {
        return Response.ok(new Health().status(Health.StatusEnum.OK)).build();
    }

    @Override
    public Response checkReadiness(ContainerRequestContext request) {
        Map<String, String> results = new TreeMap<>();
        checks.forEach((name, check) -> results.put(name, check.getAsBoolean() ? "ok" : "unavailable"));
        boolean ready = results.values().stream().allMatch("ok"::equals);
        return Response.status(ready ? 200 : 503)
                .entity(new Health().status(ready ? Health.StatusEnum.OK : Health.StatusEnum.UNAVAILABLE)
                        .checks(results))
                .build();
    }
}
