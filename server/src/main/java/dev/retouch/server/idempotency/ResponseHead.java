package dev.retouch.server.idempotency;

import java.util.LinkedHashMap;
import java.util.Map;

/** The content type and the headers of a response. */
record ResponseHead(boolean streamed, Map<String, String> headers) {

    private static final String TRAILER = "trailer";
    private static final String LENGTH = "content-length";
    private static final String REPLAYED = "idempotent-replayed";
    /** Rate limit headers describe the moment of a response, so they are not replayed. */
    private static final String OF_ITS_TIME = "x-ratelimit-";

    /** Adds the trailers to the headers, for a response whose body is complete. */
    ResponseHead with(Map<String, String> trailers) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.remove(TRAILER);
        all.putAll(trailers);
        return new ResponseHead(streamed, all);
    }

    /**
     * The head of a replayed response.
     *
     * @param sameLength whether the body is as long as it was
     */
    static ResponseHead again(StoredResponse answer, boolean sameLength) {
        Map<String, String> headers = new LinkedHashMap<>(answer.headers());
        headers.keySet().removeIf(name -> name.startsWith(OF_ITS_TIME));
        if (!sameLength) {
            headers.remove(LENGTH);
        }
        headers.put(REPLAYED, "true");
        return new ResponseHead(answer.streamed(), headers);
    }
}
