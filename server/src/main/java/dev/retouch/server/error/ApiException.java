package dev.retouch.server.error;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;

/**
 * A failure that the caller is told about. It names a message of the contract and fills in the message's words; its
 * own text is for the log. Cheap to throw: it has no stack trace, because refusing a request is not a malfunction.
 */
public final class ApiException extends RuntimeException {

    private final ErrorMessage message;
    private final @Nullable String param;
    private final Map<String, String> words;
    private final @Nullable Duration retryAfter;
    private final boolean mayHaveRun;
    private final Map<String, String> headers;

    /** A failure about the parameter that the contract names for this message, or about none. */
    public ApiException(ErrorMessage message) {
        this(message, null, Map.of(), null, false, Map.of(), null);
    }

    /** A failure about one parameter, which also fills the message's {@code {param}}. */
    public ApiException(ErrorMessage message, String param) {
        this(message, param, Map.of(), null, false, Map.of(), null);
    }

    private ApiException(ErrorMessage message, @Nullable String param, Map<String, String> words,
            @Nullable Duration retryAfter, boolean mayHaveRun, Map<String, String> headers,
            @Nullable Throwable cause) {
        super(message.name(), cause, false, false);
        this.message = message;
        this.param = param;
        this.words = Map.copyOf(words);
        this.retryAfter = retryAfter;
        this.mayHaveRun = mayHaveRun;
        this.headers = Map.copyOf(headers);
    }

    /** The same failure with one word of its message filled in. */
    public ApiException with(String word, Object value) {
        Map<String, String> more = new LinkedHashMap<>(words);
        more.put(word, String.valueOf(value));
        return new ApiException(message, param, more, retryAfter, mayHaveRun, headers, getCause());
    }

    /** The same failure with a time after which the request is worth repeating. */
    public ApiException retryAfter(Duration delay) {
        return new ApiException(message, param, words, delay, mayHaveRun, headers, getCause());
    }

    /** The same failure with what led to it, for the log only. */
    public ApiException because(Throwable cause) {
        return new ApiException(message, param, words, retryAfter, mayHaveRun, headers, cause);
    }

    /** The same failure of an edit that was sent, and may have been done for all that anybody knows. */
    public ApiException afterSending() {
        return new ApiException(message, param, words, retryAfter, true, headers, getCause());
    }

    /** The same failure with more headers of its answer. */
    public ApiException telling(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return new ApiException(message, param, words, retryAfter, mayHaveRun, all, getCause());
    }

    /** Headers of its answer, beside those that its code has. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Whether the edit may have been done all the same. */
    public boolean mayHaveRun() {
        return mayHaveRun;
    }

    /** The message of the contract. */
    public ErrorMessage message() {
        return message;
    }

    /** The parameter it is about, as the caller named it, unless the contract says. */
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    /** What fills the words in braces. */
    public Map<String, String> words() {
        return words;
    }

    /** When to try again, if this failure knows better than the contract. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
