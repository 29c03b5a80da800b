package dev.retouch.server.front;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.handler.CrossOriginHandler;

/**
 * Which web pages may call the gateway from a browser.
 *
 * @param origins of which origins, {@code *} for all; none for none
 * @param maxAge how long browsers may remember it
 */
public record CrossOrigin(List<String> origins, Duration maxAge) {

    private static final Set<String> METHODS = Set.of("GET", "HEAD", "POST", "PATCH", "DELETE");

    /** What clients send; a browser does not take {@code *} for {@code authorization}. */
    private static final Set<String> SENT = Set.of("accept", "authorization", "content-type", "idempotency-key",
            "last-event-id", "openai-organization", "openai-project", "prefer", "range", "x-request-id",
            "x-stainless-arch", "x-stainless-async", "x-stainless-custom-poll-interval", "x-stainless-helper-method",
            "x-stainless-lang", "x-stainless-os", "x-stainless-package-version", "x-stainless-poll-helper",
            "x-stainless-raw-response", "x-stainless-read-timeout", "x-stainless-retry-count", "x-stainless-runtime",
            "x-stainless-runtime-version", "x-stainless-timeout");

    /** What pages may read of an answer beside its body. */
    private static final Set<String> SHOWN = Set.of("content-disposition", "content-range", "deprecation",
            "idempotent-replayed", "location", "openai-processing-ms", "preference-applied", "retry-after", "sunset",
            "x-ratelimit-limit-images", "x-ratelimit-limit-requests", "x-ratelimit-remaining-images",
            "x-ratelimit-remaining-requests", "x-ratelimit-reset-images", "x-ratelimit-reset-requests",
            "x-request-id", "x-retouch-cost", "x-retouch-dropped-parameters", "x-retouch-warning", "x-should-retry");

    /** Keeps its own copy of the list. */
    public CrossOrigin {
        origins = List.copyOf(origins);
    }

    /** The handler with what browsers need around it, or as it is where no page may call. */
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
