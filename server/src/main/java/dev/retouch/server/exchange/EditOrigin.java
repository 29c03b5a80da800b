package dev.retouch.server.exchange;

import java.net.URI;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** The HTTP request that started an edit. Read while the edit begins. */
public interface EditOrigin {

    /** No request: a task runs the edit. */
    EditOrigin NONE = new EditOrigin() {
        @Override
        public @Nullable String header(String name) {
            return null;
        }

        @Override
        public Optional<URI> url() {
            return Optional.empty();
        }

        @Override
        public Optional<String> clientAddress() {
            return Optional.empty();
        }
    };

    /**
     * Returns a header of the request; several headers of the same name are joined with commas.
     *
     * @param name name of the header in lower case
     * @return null if the request has no such header
     */
    @Nullable
    String header(String name);

    /** The URL of the request; empty if there is no request. */
    Optional<URI> url();

    /** The IP address of the peer; empty if there is no request. */
    Optional<String> clientAddress();
}
