package dev.retouch.server.task;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.exchange.EditOrigin;

/**
 * The request that submitted a task, as far as its trace needs it.
 *
 * @param trace the headers of the trace
 */
record SubmittedEdit(Map<String, String> trace) implements EditOrigin {

    @Override
    public @Nullable String header(String name) {
        return trace.get(name);
    }

    @Override
    public Optional<URI> url() {
        return Optional.empty();
    }

    @Override
    public Optional<String> clientAddress() {
        return Optional.empty();
    }
}
