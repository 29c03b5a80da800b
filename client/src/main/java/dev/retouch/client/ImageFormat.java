package dev.retouch.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The image formats of edits. */
enum ImageFormat {

    PNG("image/png", "png"), JPEG("image/jpeg", "jpg"), WEBP("image/webp", "webp"), GIF("image/gif",
            "gif"), SVG("image/svg+xml", "svg");

    /** The number of bytes that identify the format. */
    static final int MAGIC_BYTES = 12;

    private final String mediaType;
    private final String extension;

    ImageFormat(String mediaType, String extension) {
        this.mediaType = mediaType;
        this.extension = extension;
    }

    String mediaType() {
        return mediaType;
    }

    String extension() {
        return extension;
    }

    static Optional<ImageFormat> ofBytes(byte[] beginning) {
        String bytes = new String(beginning, StandardCharsets.ISO_8859_1);
        if (bytes.startsWith("\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        }
        if (bytes.startsWith("\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        }
        if (bytes.startsWith("GIF87a") || bytes.startsWith("GIF89a")) {
            return Optional.of(GIF);
        }
        if (bytes.startsWith("<svg") || bytes.startsWith("<?xml")) {
            return Optional.of(SVG);
        }
        return bytes.startsWith("RIFF") && bytes.startsWith("WEBP", 8) ? Optional.of(WEBP) : Optional.empty();
    }

    static Optional<ImageFormat> ofName(String fileName) {
        String given = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        String extension = given.equals("jpeg") ? JPEG.extension : given;
        return Arrays.stream(values()).filter(type -> type.extension.equals(extension)).findFirst();
    }
}
