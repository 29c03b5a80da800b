package dev.retouch.server.error;

import java.util.Map;
import java.util.Optional;

/** An upstream's refusal of an edit, passed to the client with status 400. */
public final class UpstreamRefusalException extends RuntimeException {

    private final String type;
    private final transient Optional<String> param;
    private final transient Optional<String> code;
    private final transient Map<String, String> headers;

    /** Creates a refusal with the fields of the upstream's error. */
    public UpstreamRefusalException(String message, String type, Optional<String> param, Optional<String> code) {
        this(message, type, param, code, Map.of());
    }

    private UpstreamRefusalException(String message, String type, Optional<String> param, Optional<String> code,
            Map<String, String> headers) {
        super(message, null, false, false);
        this.type = type;
        this.param = param;
        this.code = code;
        this.headers = Map.copyOf(headers);
    }

    /** Returns a copy with additional response headers. */
    public UpstreamRefusalException withHeaders(Map<String, String> more) {
        return new UpstreamRefusalException(message(), type, param, code, more);
    }

    /** Returns the response headers. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Returns the upstream's message. */
    public String message() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /** Returns the upstream's error type. */
    public String type() {
        return type;
    }

    /** Returns the parameter that the refusal is about. */
    public Optional<String> param() {
        return param;
    }

    /** Returns the upstream's error code. */
    public Optional<String> code() {
        return code;
    }
}
