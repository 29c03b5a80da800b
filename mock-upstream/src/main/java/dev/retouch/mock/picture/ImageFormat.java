package dev.retouch.mock.picture;

import java.util.Locale;

/** Formats that are written, and all but the last two also read. */
public enum ImageFormat {
    PNG, JPEG, WEBP, GIF, SVG;

    /** {@code png}, {@code jpeg}, {@code webp}, {@code gif}, {@code svg}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    public static ImageFormat ofWireName(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    public boolean hasAlpha() {
        return this == PNG || this == WEBP;
    }

    /** Whether {@code output_compression} applies. */
    public boolean lossy() {
        return this == JPEG || this == WEBP;
    }

    /** As a media type. */
    public String mediaType() {
        return this == SVG ? "image/svg+xml" : "image/" + wireName();
    }
}
