package dev.retouch.server.answer;

import dev.retouch.server.image.ImageBytes;

/**
 * An image as bytes that can be read several times.
 *
 * @param bytes the image; the code that created it closes it
 */
public record BinaryPayload(ImageBytes bytes) implements ImagePayload {}
