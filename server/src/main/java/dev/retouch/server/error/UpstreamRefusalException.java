package dev.retouch.server.error;

import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** An upstream's refusal of an edit, passed to the client with status 400. */
public final class UpstreamRefusalException extends RuntimeException {

    private final String type;
    private final transient Optional<String> param;
    private final transient Optional<String> code;
    private final transient Map<String, String> headers;
    /** 0 if a successful response says it. */
    private final int upstreamStatus;

    /** Creates a refusal with the fields of the upstream's error. */
    public UpstreamRefusalException(String message, String type, Optional<String> param, Optional<String> code) {
        this(message, type, param, code, Map.of(), 0);
    }

    private UpstreamRefusalException(String message, String type, Optional<String> param, Optional<String> code,
            Map<String, String> headers, int upstreamStatus) {
        super(message, null, false, false);
        this.type = type;
        this.param = param;
        this.code = code;
        this.headers = Map.copyOf(headers);
        this.upstreamStatus = upstreamStatus;
    }

    /** Returns a copy with additional response headers. */
    public UpstreamRefusalException withHeaders(Map<String, String> more) {
        return new UpstreamRefusalException(message(), type, param, code, more, upstreamStatus);
    }

    /** Returns a copy for the status of an error response. */
    public UpstreamRefusalException withUpstreamStatus(int status) {
        return new UpstreamRefusalException(message(), type, param, code, headers, status);
    }

    /** Returns the status of the upstream's response; empty if a successful response says it. */
    public OptionalInt upstreamStatus() {
        return upstreamStatus == 0 ? OptionalInt.empty() : OptionalInt.of(upstreamStatus);
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
