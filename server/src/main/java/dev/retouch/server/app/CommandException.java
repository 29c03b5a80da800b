package dev.retouch.server.app;

/** A command cannot do what was asked of it, for a reason that fits in a line and that whoever asked can mend. */
final class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message, null, false, false);
    }
}
