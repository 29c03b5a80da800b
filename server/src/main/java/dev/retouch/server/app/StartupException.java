package dev.retouch.server.app;

import org.jspecify.annotations.Nullable;

/** Thrown if the gateway cannot start for a reason that an operator can fix. */
public final class StartupException extends RuntimeException {

    public StartupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
