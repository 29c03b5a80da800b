package dev.retouch.server.http;

import java.util.Set;

import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;

import dev.retouch.server.api.FilterPriorities;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * Rejects requests that start something new while the gateway shuts down: 503, before the key is checked. Reading requests pass until
 * the end, so that signed URLs and health checks still work.
 */
@PreMatching
@Priority(FilterPriorities.SHUTDOWN)
final class ShutdownFilter implements ContainerRequestFilter {

    private static final Set<String> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final InFlightExchanges exchanges;

    ShutdownFilter(InFlightExchanges exchanges) {
        this.exchanges = exchanges;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (exchanges.isRefusing() && !READING.contains(request.getMethod())) {
            throw new ApiException(ErrorMessage.SERVER_IS_STOPPING);
        }
    }
}
