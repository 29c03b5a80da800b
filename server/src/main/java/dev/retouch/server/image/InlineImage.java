package dev.retouch.server.image;

import java.util.Optional;

/**
 * An image that was extracted from a JSON body, where it was a data URL or base64.
 *
 * @param dataUrl whether it was a data URL
 * @param characters length of the JSON string
 * @param bytes the decoded image; empty if the text could not be decoded
 */
public record InlineImage(boolean dataUrl, long characters, Optional<ImageBytes> bytes) {}
