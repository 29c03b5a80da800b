package dev.retouch.server.http;

import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * Makes request ids: {@code req_}, the time in milliseconds and 80 random bits, in hexadecimal. Ids that grow in time are inserted at the
 * end of an index; random ids would touch a page of the database each.
 */
final class RequestIds {

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int TIME_DIGITS = 12;
    private static final int RANDOM_BYTES = 10;

    private RequestIds() {}

    /** A new id for a request that arrived at this time, in milliseconds since 1970. */
    static String next(long arrivedMillis) {
        byte[] random = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(random);
        HexFormat hex = HexFormat.of();
        return "req_" + hex.toHexDigits(arrivedMillis, TIME_DIGITS) + hex.formatHex(random);
    }
}
