package dev.retouch.server.idempotency;

import java.util.Map;

/**
 * The stored response of an edit.
 *
 * @param status 200 or the status of an error
 * @param streamed whether the body is an SSE stream
 * @param headers the headers except the content type
 * @param file the file name of the body
 * @param size the size of the body in bytes
 */
record StoredResponse(int status, boolean streamed, Map<String, String> headers, String file, long size) {

    StoredResponse {
        headers = Map.copyOf(headers);
    }
}
