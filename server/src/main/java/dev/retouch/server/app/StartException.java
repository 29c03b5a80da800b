package dev.retouch.server.app;

/** The gateway cannot start, for a reason that whoever starts it can mend. */
final class StartException extends RuntimeException {

    StartException(String message, Throwable cause) {
        super(message, cause);
    }
}
