package dev.retouch.mock.intake;

import java.util.Locale;
import java.util.Optional;

/**
 * One part of a multipart form. {@code text} is there for a part that is a text field: no filename, and a content type that is
 * absent or text. Everything else is a file, whatever it is called.
 */
public record FormPart(String name, Optional<String> filename, Optional<String> contentType, StoredBytes bytes,
        Optional<String> text) {

    static boolean isText(Optional<String> filename, Optional<String> contentType) {
        return filename.isEmpty()
                && contentType.map(type -> type.toLowerCase(Locale.ROOT).startsWith("text/")).orElse(true);
    }
}
