package dev.retouch.client;

import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.client.model.ErrorCode;

/**
 * An error of the gateway, or a failed connection to it. The message is the message of the gateway if there is a response: what is
 * wrong and what to do next.
 */
public final class RetouchException extends RuntimeException {

    private final Failure failure;

    RetouchException(String message, Failure failure, @Nullable Throwable cause) {
        super(message, cause);
        this.failure = failure;
    }

    /** The HTTP status; 200 for an error in a stream, 0 without a response. */
    public int status() {
        return failure.status();
    }

    /** The type of the error, such as {@code invalid_request_error}. */
    public Optional<String> type() {
        return Optional.ofNullable(failure.type());
    }

    /** The parameter that caused the error, such as {@code n} or {@code image[2]}. */
    public Optional<String> param() {
        return Optional.ofNullable(failure.param());
    }

    /** The code of the error, if this version of the client knows it. */
    public Optional<ErrorCode> code() {
        return codeText().flatMap(RetouchException::documented);
    }

    /** The code of the error as text, including codes that are newer than this client and codes of an upstream. */
    public Optional<String> codeText() {
        return Optional.ofNullable(failure.code());
    }

    /** The request id, which the log lines of the gateway have too. Include it when you report a problem. */
    public Optional<String> requestId() {
        return Optional.ofNullable(failure.requestId());
    }

    /** Whether a retry of the same request may succeed and cannot be charged twice. */
    public boolean shouldRetry() {
        return failure.shouldRetry();
    }

    /** The time to wait before a retry. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(failure.retryAfter());
    }

    static Optional<ErrorCode> documented(String code) {
        return Arrays.stream(ErrorCode.values()).filter(known -> known != ErrorCode.UNKNOWN_DEFAULT_OPEN_API)
                .filter(known -> known.getValue().equals(code)).findFirst();
    }

    /** The properties of an error except its message. */
    record Failure(int status, @Nullable String type, @Nullable String param, @Nullable String code,
            @Nullable String requestId, boolean shouldRetry, @Nullable Duration retryAfter) implements Serializable {

        static Failure withoutAnswer(boolean shouldRetry) {
            return new Failure(0, null, null, null, null, shouldRetry, null);
        }
    }
}
