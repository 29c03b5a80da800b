package dev.retouch.server.error;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;

/**
 * A failure that the client receives. It names a message of the contract and the arguments of that message; its own
 * text is for the log. Has no stack trace, because rejections are frequent and are no malfunction.
 */
public final class ApiException extends RuntimeException {

    private final ErrorMessage message;
    private final @Nullable String param;
    private final Map<String, String> arguments;
    private final @Nullable Duration retryAfter;
    private final boolean mayHaveRun;
    private final Map<String, String> headers;

    /** Creates a failure about the parameter that the contract names for the message, if any. */
    public ApiException(ErrorMessage message) {
        this(message, null, Map.of(), null, false, Map.of(), null);
    }

    /** Creates a failure about a parameter, which also fills {@code {param}} of the message. */
    public ApiException(ErrorMessage message, String param) {
        this(message, param, Map.of(), null, false, Map.of(), null);
    }

    private ApiException(ErrorMessage message, @Nullable String param, Map<String, String> arguments,
            @Nullable Duration retryAfter, boolean mayHaveRun, Map<String, String> headers,
            @Nullable Throwable cause) {
        super(message.name(), cause, false, false);
        this.message = message;
        this.param = param;
        this.arguments = Map.copyOf(arguments);
        this.retryAfter = retryAfter;
        this.mayHaveRun = mayHaveRun;
        this.headers = Map.copyOf(headers);
    }

    /** Returns a copy with an argument of the message. */
    public ApiException withArgument(String word, Object value) {
        Map<String, String> more = new LinkedHashMap<>(arguments);
        more.put(word, String.valueOf(value));
        return new ApiException(message, param, more, retryAfter, mayHaveRun, headers, getCause());
    }

    /** Returns a copy with a time after which a retry can succeed. */
    public ApiException retryAfter(Duration delay) {
        return new ApiException(message, param, arguments, delay, mayHaveRun, headers, getCause());
    }

    /** Returns a copy with a cause, for the log only. */
    public ApiException withCause(Throwable cause) {
        return new ApiException(message, param, arguments, retryAfter, mayHaveRun, headers, cause);
    }

    /** Returns a copy for an edit that was dispatched and may have run. */
    public ApiException afterDispatch() {
        return new ApiException(message, param, arguments, retryAfter, true, headers, getCause());
    }

    /** Returns a copy with additional response headers. */
    public ApiException withHeaders(Map<String, String> more) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.putAll(more);
        return new ApiException(message, param, arguments, retryAfter, mayHaveRun, all, getCause());
    }

    /** Returns the response headers besides those of the code. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Whether the edit may have run. */
    public boolean mayHaveRun() {
        return mayHaveRun;
    }

    public ErrorMessage message() {
        return message;
    }

    /** Returns the parameter that the failure is about, unless the contract names it. */
    public Optional<String> param() {
        return Optional.ofNullable(param);
    }

    /** Returns the arguments of the message by placeholder. */
    public Map<String, String> arguments() {
        return arguments;
    }

    /** Returns the time after which a retry can succeed, if it differs from the contract. */
    public Optional<Duration> retryAfter() {
        return Optional.ofNullable(retryAfter);
    }
}
