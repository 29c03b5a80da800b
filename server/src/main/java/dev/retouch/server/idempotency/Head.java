package dev.retouch.server.idempotency;

import java.util.LinkedHashMap;
import java.util.Map;

/** What comes before the body of an answer. */
record Head(boolean streamed, Map<String, String> headers) {

    private static final String TRAILER = "trailer";
    private static final String REPLAYED = "idempotent-replayed";
    /** What is left of a rate is another matter each time. */
    private static final String OF_ITS_TIME = "x-ratelimit-";

    /** The same once all is known: what was to be told after the body can be told before it. */
    Head with(Map<String, String> trailers) {
        Map<String, String> all = new LinkedHashMap<>(headers);
        all.remove(TRAILER);
        all.putAll(trailers);
        return new Head(streamed, all);
    }

    /** The same for those who get the answer later. */
    static Head again(StoredAnswer answer) {
        Map<String, String> headers = new LinkedHashMap<>(answer.headers());
        headers.keySet().removeIf(name -> name.startsWith(OF_ITS_TIME));
        headers.put(REPLAYED, "true");
        return new Head(answer.streamed(), headers);
    }
}
