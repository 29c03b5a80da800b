package dev.retouch.server.error;

import java.util.Map;
import java.util.Optional;

/** An upstream's own refusal of the request (status 400), passed on as it is. */
public final class RelayedErrorException extends RuntimeException {

    private final String type;
    private final transient Optional<String> param;
    private final transient Optional<String> code;
    private final transient Map<String, String> headers;

    /** A refusal in the upstream's words. */
    public RelayedErrorException(String message, String type, Optional<String> param, Optional<String> code) {
        this(message, type, param, code, Map.of());
    }

    private RelayedErrorException(String message, String type, Optional<String> param, Optional<String> code,
            Map<String, String> headers) {
        super(message, null, false, false);
        this.type = type;
        this.param = param;
        this.code = code;
        this.headers = Map.copyOf(headers);
    }

    /** The same refusal with headers of its answer. */
    public RelayedErrorException telling(Map<String, String> more) {
        return new RelayedErrorException(message(), type, param, code, more);
    }

    /** Headers of its answer. */
    public Map<String, String> headers() {
        return headers;
    }

    /** What is wrong, for people. */
    public String message() {
        String message = getMessage();
        return message == null ? "" : message;
    }

    /** The family of the error. */
    public String type() {
        return type;
    }

    /** The parameter it is about. */
    public Optional<String> param() {
        return param;
    }

    /** The upstream's code. */
    public Optional<String> code() {
        return code;
    }
}
