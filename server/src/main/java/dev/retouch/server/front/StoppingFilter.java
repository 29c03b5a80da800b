package dev.retouch.server.front;

import java.util.Set;

import jakarta.annotation.Priority;
import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.container.ContainerRequestFilter;
import jakarta.ws.rs.container.PreMatching;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * Refuses what would begin something new while the gateway stops, before anybody looks at the key. What only reads is still
 * answered: links work and load balancers get their answer to the last.
 */
@PreMatching
@Priority(0)
final class StoppingFilter implements ContainerRequestFilter {

    private static final Set<String> READING = Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS);

    private final OpenExchanges exchanges;

    StoppingFilter(OpenExchanges exchanges) {
        this.exchanges = exchanges;
    }

    @Override
    public void filter(ContainerRequestContext request) {
        if (exchanges.isRefusing() && !READING.contains(request.getMethod())) {
            throw new ApiException(ErrorMessage.SERVER_IS_STOPPING);
        }
    }
}
