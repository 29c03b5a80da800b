package dev.retouch.server.image;

import java.util.HexFormat;
import java.util.Optional;

/** The image formats that models take and give. */
public enum ImageFormat {

    /** Portable Network Graphics. */
    PNG("image/png", "png"),
    /** JPEG. */
    JPEG("image/jpeg", "jpg"),
    /** WebP. */
    WEBP("image/webp", "webp");

    private final String mediaType;
    private final String extension;

    ImageFormat(String mediaType, String extension) {
        this.mediaType = mediaType;
        this.extension = extension;
    }

    /** The format that a file's first twelve bytes show; empty where they show none of these. */
    public static Optional<ImageFormat> byMagic(byte[] head) {
        String hex = HexFormat.of().formatHex(head);
        if (hex.startsWith("89504e470d0a1a0a")) {
            return Optional.of(PNG);
        }
        if (hex.startsWith("ffd8ff")) {
            return Optional.of(JPEG);
        }
        boolean webp = hex.startsWith("52494646") && hex.startsWith("57454250", 16); // RIFF....WEBP
        return webp ? Optional.of(WEBP) : Optional.empty();
    }

    /** The media type, such as {@code image/png}. */
    public String mediaType() {
        return mediaType;
    }

    /** The usual ending of a file's name, without the dot. */
    public String extension() {
        return extension;
    }

    /** The name in parameters and in the registry, such as {@code jpeg}. */
    public String wireName() {
        return mediaType.substring("image/".length());
    }
}
