package dev.retouch.server.error;

import java.util.LinkedHashMap;
import java.util.Map;

/** A failure that has been put into an answer already: whoever meets it again gets that answer, byte for byte. */
public final class RepeatedErrorException extends RuntimeException {

    private final int status;
    private final transient Map<String, String> headers;
    private final String body;

    /** A failure in the words that were found for it. */
    public RepeatedErrorException(int status, Map<String, String> headers, String body) {
        super("answered with " + status, null, false, false);
        this.status = status;
        this.headers = Map.copyOf(headers);
        this.body = body;
    }

    /** The same with one header more. */
    public RepeatedErrorException telling(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new RepeatedErrorException(status, more, body);
    }

    /** The HTTP status. */
    public int status() {
        return status;
    }

    /** Headers beside the content type. */
    public Map<String, String> headers() {
        return headers;
    }

    /** The envelope, as JSON. */
    public String body() {
        return body;
    }
}
