package dev.retouch.server.intake;

import java.util.Optional;

import dev.retouch.server.image.ImageBytes;

/**
 * An image that stood in a JSON body as a data URL or as plain base64.
 *
 * @param dataUrl whether it was a data URL
 * @param characters how long the JSON string was
 * @param bytes the decoded image; empty where the text was not base64
 */
public record InlineImage(boolean dataUrl, long characters, Optional<ImageBytes> bytes) {}
