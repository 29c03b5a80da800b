package dev.retouch.server.normalise;

import java.util.List;

import dev.retouch.server.image.ImageBytes;

/**
 * A changed image.
 *
 * @param bytes the new file, which the caller of the normaliser closes
 * @param changes what was done, such as {@code turned upright (EXIF orientation 6)}; not empty
 */
public record NormalisedImage(ImageBytes bytes, List<String> changes) {

    /** Copies the list. */
    public NormalisedImage {
        changes = List.copyOf(changes);
    }
}
