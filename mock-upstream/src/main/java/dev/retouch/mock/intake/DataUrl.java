package dev.retouch.mock.intake;

import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonValue;

/** A {@code data:} URL whose content was written to a file. {@code bytes} is empty if the base64 is not valid. */
public record DataUrl(String mediaType, long length, Optional<StoredBytes> bytes) {

    /** The text for the journal, without the content. */
    @JsonValue
    public String abbreviated() {
        return "data:" + mediaType + ";base64,"
                + bytes.map(b -> "(" + b.size() + " bytes, sha256 " + b.sha256() + ")")
                        .orElse("(not base64, " + length + " characters)");
    }
}
