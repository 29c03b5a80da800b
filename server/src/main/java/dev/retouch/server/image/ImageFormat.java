package dev.retouch.server.image;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;

/** The image formats that models accept and return. */
public enum ImageFormat {

    /** Portable Network Graphics. */
    PNG("image/png", "png"),
    /** JPEG. */
    JPEG("image/jpeg", "jpg"),
    /** WebP. */
    WEBP("image/webp", "webp"),
    /** Graphics Interchange Format, as an animation: models return it and do not edit it. */
    GIF("image/gif", "gif"),
    /** Scalable Vector Graphics: models return it and do not edit it. */
    SVG("image/svg+xml", "svg");

    /** How much of a returned file shows its format. */
    public static final int HEAD = 1024;

    private final String mediaType;
    private final String extension;

    ImageFormat(String mediaType, String extension) {
        this.mediaType = mediaType;
        this.extension = extension;
    }

    /** The format that a file's first twelve bytes show; empty where they show none of these, or SVG, which is text. */
    public static Optional<ImageFormat> byMagic(byte[] head) {
        String hex = HexFormat.of().formatHex(head);
        if (hex.startsWith("89504e470d0a1a0a")) {
            return Optional.of(PNG);
        }
        if (hex.startsWith("ffd8ff")) {
            return Optional.of(JPEG);
        }
        if (hex.startsWith("474946383761") || hex.startsWith("474946383961")) { // GIF87a, GIF89a
            return Optional.of(GIF);
        }
        boolean webp = hex.startsWith("52494646") && hex.startsWith("57454250", 16); // RIFF....WEBP
        return webp ? Optional.of(WEBP) : Optional.empty();
    }

    /** The format that the beginning of a returned file shows, SVG too: {@value #HEAD} bytes are enough. */
    public static Optional<ImageFormat> ofReturned(byte[] head) {
        Optional<ImageFormat> format = byMagic(Arrays.copyOf(head, Math.min(head.length, 12)));
        return format.isPresent() || SvgHeader.read(head).isEmpty() ? format : Optional.of(SVG);
    }

    /** The format of a name in parameters; empty if there is none. */
    public static Optional<ImageFormat> ofWireName(String name) {
        return Arrays.stream(values()).filter(format -> format.wireName().equals(name)).findFirst();
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
        return this == SVG ? "svg" : mediaType.substring("image/".length());
    }

    /** Whether there are models that edit images of this format. */
    public boolean editable() {
        return this != GIF && this != SVG;
    }
}
