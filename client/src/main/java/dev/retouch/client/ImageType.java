package dev.retouch.client;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The image formats that an edit takes and gives. */
enum ImageType {

    PNG("image/png", "png"), JPEG("image/jpeg", "jpg"), WEBP("image/webp", "webp");

    /** How many bytes of a file tell its type. */
    static final int MAGIC_BYTES = 12;

    private final String mediaType;
    private final String extension;

    ImageType(String mediaType, String extension) {
        this.mediaType = mediaType;
        this.extension = extension;
    }

    String mediaType() {
        return mediaType;
    }

    String extension() {
        return extension;
    }

    static Optional<ImageType> ofBytes(byte[] beginning) {
        String bytes = new String(beginning, StandardCharsets.ISO_8859_1);
        if (bytes.startsWith("\u0089PNG\r\n\u001a\n")) {
            return Optional.of(PNG);
        }
        if (bytes.startsWith("\u00ff\u00d8\u00ff")) {
            return Optional.of(JPEG);
        }
        return bytes.startsWith("RIFF") && bytes.startsWith("WEBP", 8) ? Optional.of(WEBP) : Optional.empty();
    }

    static Optional<ImageType> ofName(String fileName) {
        String given = fileName.substring(fileName.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
        String extension = given.equals("jpeg") ? JPEG.extension : given;
        return Arrays.stream(values()).filter(type -> type.extension.equals(extension)).findFirst();
    }
}
