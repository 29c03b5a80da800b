package dev.retouch.server.moderation;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;

/** One image of an edit, or its mask. */
public sealed interface ImageToModerate {

    /** What a verdict calls it: {@code image[0]}, {@code image[1]}, {@code mask}. */
    String name();

    /**
     * An image that the gateway has.
     *
     * @param name what a verdict calls it
     * @param bytes read while it is judged, and not afterwards
     * @param format what the bytes are
     */
    record Held(String name, ImageBytes bytes, ImageFormat format) implements ImageToModerate {}

    /**
     * An image that the gateway does not fetch; the service does.
     *
     * @param name what a verdict calls it
     * @param url where it is
     */
    record Linked(String name, String url) implements ImageToModerate {}
}
