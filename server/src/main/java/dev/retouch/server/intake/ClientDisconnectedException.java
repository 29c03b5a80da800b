package dev.retouch.server.intake;

import java.io.IOException;

/** Thrown if the client disconnected or broke the protocol within its body, so that no response can reach it. */
public final class ClientDisconnectedException extends IOException {

    ClientDisconnectedException(IOException cause) {
        super("the client went away in the middle of its request", cause);
    }
}
