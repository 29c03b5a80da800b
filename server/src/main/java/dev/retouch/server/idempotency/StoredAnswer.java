package dev.retouch.server.idempotency;

import java.util.Map;

/**
 * What an edit ended in.
 *
 * @param status 200, or that of an error
 * @param streamed whether the body is a stream of events
 * @param headers beside the content type
 * @param file where the body is
 * @param size how long the body is
 */
record StoredAnswer(int status, boolean streamed, Map<String, String> headers, String file, long size) {

    StoredAnswer {
        headers = Map.copyOf(headers);
    }
}
