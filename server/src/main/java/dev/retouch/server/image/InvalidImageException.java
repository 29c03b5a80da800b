package dev.retouch.server.image;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** Bytes that are not an image, or an image without dimensions. */
public final class InvalidImageException extends Exception {

    private final String reason;
    private final @Nullable String foundType;

    private InvalidImageException(String reason, @Nullable String foundType) {
        super(reason, null, false, false);
        this.reason = reason;
        this.foundType = foundType;
    }

    /** An image in a known format that is damaged. */
    public static InvalidImageException damaged(String reason) {
        return new InvalidImageException(reason, null);
    }

    /** A file in none of the known formats. */
    static InvalidImageException notAnImage(String foundType) {
        return new InvalidImageException("not a png, jpeg or webp image", foundType);
    }

    /** The reason, to follow a colon. */
    public String reason() {
        return reason;
    }

    /** The media type that the bytes have instead; empty for a damaged image. */
    public Optional<String> foundType() {
        return Optional.ofNullable(foundType);
    }
}
