package dev.retouch.server.http;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.handler.CrossOriginHandler;

/**
 * Web pages that may call the gateway from a browser.
 *
 * @param origins allowed origins, {@code *} for all; empty for none
 * @param maxAge how long browsers may cache a preflight response
 */
public record CorsPolicy(List<String> origins, Duration maxAge) {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PATCH", "DELETE");

    /** Allowed request headers; in a browser, {@code *} does not include {@code authorization}. */
    private static final Set<String> SENT = Set.of("accept", "authorization", "content-type", "idempotency-key",
            "last-event-id", "openai-organization", "openai-project", "prefer", "range", "retouch-test", "traceparent",
            "tracestate",
            "x-request-id",
            "x-stainless-arch", "x-stainless-async", "x-stainless-custom-poll-interval", "x-stainless-helper-method",
            "x-stainless-lang", "x-stainless-os", "x-stainless-package-version", "x-stainless-poll-helper",
            "x-stainless-raw-response", "x-stainless-read-timeout", "x-stainless-retry-count", "x-stainless-runtime",
            "x-stainless-runtime-version", "x-stainless-timeout");

    /** Response headers that pages may read. */
    private static final Set<String> SHOWN = Set.of("content-disposition", "content-range", "deprecation",
            "idempotent-replayed", "location", "openai-processing-ms", "preference-applied", "retry-after", "sunset",
            "x-ratelimit-limit-images", "x-ratelimit-limit-requests", "x-ratelimit-remaining-images",
            "x-ratelimit-remaining-requests", "x-ratelimit-reset-images", "x-ratelimit-reset-requests",
            "x-request-id", "x-retouch-cost", "x-retouch-dropped-parameters", "x-retouch-warning", "x-retouch-mask",
            "x-should-retry", "x-trace-id");

    public CorsPolicy {
        origins = List.copyOf(origins);
    }

    /** Wraps a handler with CORS handling. Returns it unchanged if no origin is allowed. */
    Handler around(Handler handler) {
        if (origins.isEmpty()) {
            return handler;
        }
        CrossOriginHandler answering = new CrossOriginHandler();
        answering.setHandler(handler);
        answering.setAllowedOriginPatterns(origins.stream()
                .map(origin -> origin.equals("*") ? origin : Pattern.quote(origin)).collect(Collectors.toSet()));
        answering.setAllowedMethods(METHODS);
        answering.setAllowedHeaders(SENT);
        answering.setExposedHeaders(SHOWN);
        answering.setPreflightMaxAge(maxAge);
        return answering;
    }
}
