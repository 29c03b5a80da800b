package dev.retouch.server.answer;

/** An upstream's response is larger than any answer to the request can be. */
public final class AnswerTooLargeException extends UnreadableAnswerException {

    private static final long serialVersionUID = 1L;

    AnswerTooLargeException(long maxBytes) {
        super("the response is larger than " + maxBytes + " bytes", null);
    }
}
