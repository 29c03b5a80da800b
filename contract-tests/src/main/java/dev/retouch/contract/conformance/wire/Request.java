package dev.retouch.contract.conformance.wire;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A request of a case.
 *
 * @param path below the base URL
 * @param headers beside key and content type
 */
public record Request(String method, String path, KeyUse key, Map<String, String> headers, Body body) {

    /** The path of edits. */
    public static final String EDITS = "images/edits";

    /** With which key it is sent. */
    public enum KeyUse {
        /** The one that was given. */
        RIGHT,
        /** A key that does not exist. */
        WRONG,
        /** None at all. */
        NONE
    }

    public Request {
        headers = new LinkedHashMap<>(headers);
    }

    /** Whether an endpoint that takes it may edit, and so charge. */
    public boolean mayEdit() {
        return method.equals("POST") && path.equals(EDITS) && key == KeyUse.RIGHT;
    }
}
