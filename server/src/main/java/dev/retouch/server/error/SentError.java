package dev.retouch.server.error;

import dev.retouch.server.contract.model.ErrorDetail;

/**
 * An error as a client gets it.
 *
 * @param status the HTTP status of the error
 * @param detail the contents of the envelope
 */
public record SentError(int status, ErrorDetail detail) {

    /** Returns the error that a client gets for a failed edit. */
    @FunctionalInterface
    public interface Source {
        /** Returns the error; it logs nothing. */
        SentError of(Throwable failure, String requestId);
    }
}
