package dev.retouch.server.answer;

import java.io.IOException;

/** The gateway could not store an answer or an image of it. Neither the client nor the upstream caused it, so neither pays for it. */
public final class AnswerStorageException extends IOException {

    private static final long serialVersionUID = 1L;

    /** A failure of the gateway's own storage. */
    public AnswerStorageException(IOException cause) {
        super("an answer could not be stored", cause);
    }
}
