package dev.retouch.server.image;

import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** Bytes that are not an image, or not one that says how large it is. */
public final class BadImageException extends Exception {

    private final String reason;
    private final @Nullable String foundType;

    private BadImageException(String reason, @Nullable String foundType) {
        super(reason, null, false, false);
        this.reason = reason;
        this.foundType = foundType;
    }

    /** An image in a known format that is damaged. */
    static BadImageException damaged(String reason) {
        return new BadImageException(reason, null);
    }

    /** Something that is in none of the known formats. */
    static BadImageException notAnImage(String foundType) {
        return new BadImageException("not a png, jpeg or webp image", foundType);
    }

    /** What is wrong, to follow a colon. */
    public String reason() {
        return reason;
    }

    /** What the bytes look like instead, as a media type; empty for a damaged image. */
    public Optional<String> foundType() {
        return Optional.ofNullable(foundType);
    }
}
