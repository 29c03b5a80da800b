package dev.retouch.server.intake;

import java.io.IOException;

/** The client went away, or broke the protocol, in the middle of its body. Nobody is left to hear about it. */
public final class ClientGoneException extends IOException {

    ClientGoneException(IOException cause) {
        super("the client went away in the middle of its request", cause);
    }
}
