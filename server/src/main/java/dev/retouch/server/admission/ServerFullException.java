package dev.retouch.server.admission;

import java.time.Duration;

/** This server has as much in flight as it takes, whoever asks. */
public final class ServerFullException extends NoRoomException {

    private static final long serialVersionUID = 1L;

    ServerFullException(Duration retryAfter) {
        super("this server has no room for another request", retryAfter);
    }
}
