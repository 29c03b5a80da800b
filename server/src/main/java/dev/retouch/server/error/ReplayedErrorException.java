package dev.retouch.server.error;

import java.util.LinkedHashMap;
import java.util.Map;

/** A failure that was rendered before. Its response is sent byte for byte again. */
public final class ReplayedErrorException extends RuntimeException {

    private final int status;
    private final transient Map<String, String> headers;
    private final String body;

    /** Creates a failure with a rendered response. */
    public ReplayedErrorException(int status, Map<String, String> headers, String body) {
        super("answered with " + status, null, false, false);
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.body = body;
    }

    /** Returns a copy with an additional header. */
    public ReplayedErrorException telling(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new ReplayedErrorException(status, more, body);
    }

    /** Returns the HTTP status. */
    public int status() {
        return status;
    }

    /** Returns the headers besides {@code Content-Type}. */
    public Map<String, String> headers() {
        return headers;
    }

    /** Returns the envelope as JSON. */
    public String body() {
        return body;
    }
}
