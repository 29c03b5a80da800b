package dev.retouch.client;

import java.io.Serializable;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.client.model.ErrorCode;

/**
 * The gateway refused or failed, or could not be reached. The message is the gateway's own where there is one: it says
 * what is wrong and what to do about it.
 */
public final class RetouchException extends RuntimeException {

    private final Failure failure;

    RetouchException(String message, Failure failure, @Nullable Throwable cause) {
        super(message, cause);
        this.failure = failure;
    }

    /** The HTTP status; 200 if the error came inside a stream, 0 if there was no answer at all. */
    public int status() {
        return failure.status();
    }

    /** The family of the error, such as {@code invalid_request_error}. */
    public Optional<String> type() {
        return Optional.ofNullable(failure.type());
    }

    /** The parameter that the error is about, such as {@code n} or {@code image[2]}. */
    public Optional<String> param() {
        return Optional.ofNullable(failure.param());
    }

    /** What exactly went wrong, if it is a code of the contract that this client was made from. */
    public Optional<ErrorCode> code() {
        return codeText().flatMap(RetouchException::documented);
    }

    /** What exactly went wrong, in the gateway's words: also codes newer than this client, or an upstream's own. */
    public Optional<String> codeText() {
        return Optional.ofNullable(failure.code());
    }

    /** The id under which the gateway's log knows the request. Name it when you report a problem. */
    public Optional<String> requestId() {
        return Optional.ofNullable(failure.requestId());
    }

    /** Whether the same request may be sent again without the danger of paying twice, and may then succeed. */
    public boolean shouldRetry() {
        return failure.shouldRetry();
    }

    /** How long to wait before that. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(failure.retryAfter());
    }

    static Optional<ErrorCode> documented(String code) {
        return Arrays.stream(ErrorCode.values()).filter(known -> known != ErrorCode.UNKNOWN_DEFAULT_OPEN_API)
                .filter(known -> known.getValue().equals(code)).findFirst();
    }

    /** What is known of it beside the message. */
    record Failure(int status, @Nullable String type, @Nullable String param, @Nullable String code,
            @Nullable String requestId, boolean shouldRetry, @Nullable Duration retryAfter) implements Serializable {

        static Failure withoutAnswer(boolean shouldRetry) {
            return new Failure(0, null, null, null, null, shouldRetry, null);
        }
    }
}
