package dev.retouch.mock.picture;

import java.util.Locale;

/** Formats that are read and written. */
public enum ImageFormat {
    PNG, JPEG, WEBP;

    /** {@code png}, {@code jpeg}, {@code webp}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static ImageFormat ofWireName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    public boolean hasAlpha() {
        return this != JPEG;
    }

    /** Whether {@code output_compression} means something. */
    public boolean lossy() {
        return this != PNG;
    }
}
