package dev.retouch.server.exchange;

import java.util.Map;
import java.util.Optional;

/** The trace that an edit belongs to, as far as log lines and upstreams need it. Thread-safe. */
public interface EditTrace {

    /** No trace. */
    EditTrace NONE = new EditTrace() {
        @Override
        public Optional<String> traceId() {
            return Optional.empty();
        }

        @Override
        public Optional<String> spanId() {
            return Optional.empty();
        }

        @Override
        public Map<String, String> upstreamHeaders() {
            return Map.of();
        }
    };

    /** The trace id in 32 hexadecimal digits; empty without a trace. */
    Optional<String> traceId();

    /** The id of the span of the request, in 16 hexadecimal digits; empty if the gateway has no spans. */
    Optional<String> spanId();

    /** The headers that pass the trace on to the upstream of the current attempt. */
    Map<String, String> upstreamHeaders();
}
