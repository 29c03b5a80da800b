package dev.retouch.mock.error;

import java.util.Map;

import org.jspecify.annotations.Nullable;

/** An error that is returned in OpenAI's envelope. The message is safe to send. */
public final class ApiErrorException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String type;
    private final String sentence;
    private final @Nullable String param;
    private final @Nullable String code;
    private final transient Map<String, String> headers;

    public ApiErrorException(int status, String type, String sentence, @Nullable String param, @Nullable String code,
            Map<String, String> headers) {
        // no stack trace: refusals are expected, and a strict provider returns many
        super(sentence, null, false, false);
        this.status = status;
        this.type = type;
        this.sentence = sentence;
        this.param = param;
        this.code = code;
        this.headers = Map.copyOf(headers);
    }

    public int status() {
        return status;
    }

    public String type() {
        return type;
    }

    public String sentence() {
        return sentence;
    }

    public @Nullable String param() {
        return param;
    }

    public @Nullable String code() {
        return code;
    }

    /** The headers of the response, such as {@code Allow}. */
    public Map<String, String> headers() {
        return headers;
    }
}
