package dev.retouch.server.answer;

import java.io.IOException;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.InvalidImageException;

/** Converts the returned images of one edit into the format that its client asked for. */
public interface FormatConverter {

    /** The format of the converted images. */
    ImageFormat format();

    /**
     * Converts a returned image.
     *
     * @return the converted image, which the exchange closes; the same object if it has the format already
     * @throws InvalidImageException if the image cannot be decoded or is too large
     */
    ImageBytes convert(ImageBytes returned) throws IOException, InvalidImageException;
}
