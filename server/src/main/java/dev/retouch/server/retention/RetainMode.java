package dev.retouch.server.retention;

import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/** What is kept of the edits of a group beside their money. */
public enum RetainMode {
    /** Nothing. */
    NONE,
    /** How they ran. */
    METADATA,
    /** How they ran, the prompt, and thumbnails. */
    CONTENT;

    /** The mode of this wire name; empty if there is none. */
    public static Optional<RetainMode> ofWireName(String name) {
        return Stream.of(values()).filter(mode -> mode.wireName().equals(name)).findFirst();
    }

    /** The name in the API, such as {@code content}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }
}
