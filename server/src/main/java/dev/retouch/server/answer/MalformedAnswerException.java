package dev.retouch.server.answer;

/** An upstream's response is not in its wire format, or ends before its end. */
public final class MalformedAnswerException extends UnreadableAnswerException {

    private static final long serialVersionUID = 1L;

    MalformedAnswerException(String message) {
        super(message, null);
    }
}
