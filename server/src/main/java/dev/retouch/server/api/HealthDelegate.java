package dev.retouch.server.api;

import java.util.Map;
import java.util.TreeMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Response;

import dev.retouch.server.contract.HealthApiService;
import dev.retouch.server.contract.model.Health;

/** Implements {@code GET /healthz}, {@code GET /readyz} and {@code GET /metrics}. */
public final class HealthDelegate implements HealthApiService {

    private static final String PROMETHEUS_TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text";
    private static final String OPEN_METRICS_TEXT = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    private static final String OPEN = "open";

    private final Map<String, BooleanSupplier> checks;
    private final Map<String, BooleanSupplier> details;
    private final Supplier<Map<String, String>> upstreams;
    private final Supplier<Map<String, String>> notices;
    private final Supplier<String> metrics;
    private final Supplier<String> openMetrics;

    /**
     * Creates the delegate. The gateway is ready if all checks hold and an upstream is available.
     *
     * @param checks checks by name
     * @param details states by name of what only some edits need
     * @param upstreams circuit breaker state by upstream; {@code open} means unavailable
     * @param notices what an operator must look at, by name; the gateway is ready nevertheless
     * @param metrics metrics in the text format of Prometheus
     * @param openMetrics metrics in the format OpenMetrics 1.0
     */
    public HealthDelegate(Map<String, BooleanSupplier> checks, Map<String, BooleanSupplier> details,
            Supplier<Map<String, String>> upstreams, Supplier<Map<String, String>> notices, Supplier<String> metrics,
            Supplier<String> openMetrics) {
        this.checks = Map.copyOf(checks);
        this.details = Map.copyOf(details);
        this.upstreams = upstreams;
        this.notices = notices;
        this.metrics = metrics;
        this.openMetrics = openMetrics;
    }

    @Override
    public Response checkHealth(ContainerRequestContext request) {
        return Response.ok(new Health().status(Health.StatusEnum.OK)).build();
    }

    @Override
    public Response checkReadiness(ContainerRequestContext request) {
        Map<String, String> results = results(checks);
        Map<String, String> states = upstreams.get();
        boolean ready = results.values().stream().allMatch("ok"::equals)
                && !states.values().stream().allMatch(OPEN::equals);
        states.forEach((name, state) -> results.put("upstream " + name, state));
        results.putAll(results(details));
        results.putAll(notices.get());
        return Response.status(ready ? 200 : 503)
                .entity(new Health().status(ready ? Health.StatusEnum.OK : Health.StatusEnum.UNAVAILABLE)
                        .checks(results))
                .build();
    }

    private static Map<String, String> results(Map<String, BooleanSupplier> checks) {
        Map<String, String> results = new TreeMap<>();
        checks.forEach((name, check) -> results.put(name, check.getAsBoolean() ? "ok" : "unavailable"));
        return results;
    }

    @Override
    public Response readMetrics(ContainerRequestContext request) {
        boolean open = request.getAcceptableMediaTypes().stream()
                .anyMatch(type -> OPEN_METRICS.equals(type.getType() + "/" + type.getSubtype()));
        return open
                ? Response.ok(openMetrics.get(), OPEN_METRICS_TEXT).build()
                : Response.ok(metrics.get(), PROMETHEUS_TEXT).build();
    }
}
