package dev.retouch.server.cli;

/** Thrown if a command fails for a reason that the operator can fix. The message is a single line. */
final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message, null, false, false);
    }
}
