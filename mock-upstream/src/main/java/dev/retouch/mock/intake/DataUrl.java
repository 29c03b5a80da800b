package dev.retouch.mock.intake;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonValue;

/** A {@code data:} URL whose content went to a file. {@code bytes} is empty when it was not valid base64. */
public record DataUrl(String mediaType, long length, Optional<StoredBytes> bytes) {

    /** How the journal shows it: never the content. */
    @JsonValue
    public String abbreviated() {
        return "data:" + mediaType + ";base64,"
                + bytes.map(b -> "(" + b.size() + " bytes, sha256 " + b.sha256() + ")")
                        .orElse("(not base64, " + length + " characters)");
    }
}
