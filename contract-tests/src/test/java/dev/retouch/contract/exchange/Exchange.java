package dev.retouch.contract.exchange;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A request and its answer, as they went by.
 *
 * @param during the test that ran when it began
 * @param path without the query, as it was sent
 * @param straight the same without detours: what is no operation is looked for there
 * @param query as it was sent, or empty
 * @param sent the request's headers by their names in any case, without the key
 * @param status the answer's, or 0 where there was none
 * @param headers the answer's, and its trailers
 */
record Exchange(TestName during, String method, String path, String straight, String query,
        Map<String, List<String>> sent, Body request,
        int status, Map<String, List<String>> headers, Body answer) {

    /** The first of the answer's headers with this name. */
    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name)).map(List::getFirst);
    }

    /** The type of the answer, without what comes after it. */
    String type() {
        return mediaType(header("content-type").orElse(""));
    }

    /** The type of the request, with what comes after it. */
    String sentType() {
        return Optional.ofNullable(sent.get("content-type")).map(List::getFirst).orElse("");
    }

    /** Whether the gateway did what was asked. */
    boolean isAccepted() {
        return status >= 200 && status < 300;
    }

    static String mediaType(String contentType) {
        return contentType.replaceFirst(";.*", "").strip().toLowerCase(java.util.Locale.ROOT);
    }

    /** Neither bodies nor headers: there may be a key in them. */
    @Override
    public String toString() {
        return method + " " + path + " " + status;
    }
}
