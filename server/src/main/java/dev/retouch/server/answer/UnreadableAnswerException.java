package dev.retouch.server.answer;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/** The upstream's side of an answer failed: its connection, its format or its size. Never the client's side, and never the gateway's storage. */
public abstract sealed class UnreadableAnswerException extends IOException
        permits BrokenOffAnswerException, MalformedAnswerException, AnswerTooLargeException {

    private static final long serialVersionUID = 1L;

    UnreadableAnswerException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }
}
