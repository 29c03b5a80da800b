package dev.retouch.server.moderation;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;

/** An image or the mask of an edit, as input of moderation. */
public sealed interface ModerationImage {

    /** Its name in verdicts: {@code image[0]}, {@code image[1]}, {@code mask}. */
    String name();

    /**
     * An image that the gateway has loaded.
     *
     * @param name its name in verdicts
     * @param bytes the bytes; not read after the check
     * @param format the format of the bytes
     */
    record Held(String name, ImageBytes bytes, ImageFormat format) implements ModerationImage {}

    /**
     * A remote image that the service fetches.
     *
     * @param name its name in verdicts
     * @param url its URL
     */
    record Linked(String name, String url) implements ModerationImage {}
}
