package dev.retouch.mock.picture;

import java.io.IOException;

/** The bytes of a file are not a valid image. The message is for the client. */
public final class UnreadableImageException extends IOException {

    private static final long serialVersionUID = 1L;

    UnreadableImageException(String message) {
        super(message);
    }
}
