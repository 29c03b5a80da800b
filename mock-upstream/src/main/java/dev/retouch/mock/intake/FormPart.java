package dev.retouch.mock.intake;

import java.util.Locale;
import java.util.Optional;

/**
 * One part of a multipart form. {@code text} is set for a text field: a part without filename whose content type is absent or text.
 * All other parts are files, regardless of their name.
 */
public record FormPart(String name, Optional<String> filename, Optional<String> contentType, StoredBytes bytes,
        Optional<String> text) {

    static boolean isText(Optional<String> filename, Optional<String> contentType) {
        return filename.isEmpty()
                && contentType.map(type -> type.toLowerCase(Locale.ROOT).startsWith("text/")).orElse(true);
    }
}
