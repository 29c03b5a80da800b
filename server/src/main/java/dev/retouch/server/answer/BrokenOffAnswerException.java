package dev.retouch.server.answer;

/** The connection to an upstream ended before its response did. */
public final class BrokenOffAnswerException extends UnreadableAnswerException {

    private static final long serialVersionUID = 1L;

    BrokenOffAnswerException(Throwable cause) {
        super("the response broke off", cause);
    }
}
