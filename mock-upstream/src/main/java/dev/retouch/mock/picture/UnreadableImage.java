package dev.retouch.mock.picture;

import java.io.IOException;

/** The bytes are not the image they claim to be. The message is for the caller. */
public final class UnreadableImage extends IOException {

    private static final long serialVersionUID = 1L;

    UnreadableImage(String message) {
        super(message);
    }
}
