package dev.retouch.contract.exchange;

import java.nio.charset.StandardCharsets;

/**
 * What was seen of a body.
 *
 * @param bytes all of it, or nothing where it was too long to be kept
 * @param size how long it was
 * @param ended whether its end came by
 */
record Body(byte[] bytes, long size, boolean ended) {

    static final Body NONE = new Body(new byte[0], 0, true);

    /** Whether all of it is here. */
    boolean isWhole() {
        return ended && !isTooLong();
    }

    /** Whether it was too long to be kept. */
    boolean isTooLong() {
        return size > bytes.length;
    }

    String text() {
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** How much, never what. */
    @Override
    public String toString() {
        return size + " bytes";
    }
}
