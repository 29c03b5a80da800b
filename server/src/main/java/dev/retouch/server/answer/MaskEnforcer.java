package dev.retouch.server.answer;

import java.io.IOException;
import java.util.List;

import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.InvalidImageException;

/** Restores in the returned images of one edit what its mask keeps. */
public interface MaskEnforcer {

    /** The size of the first image of the edit, which each restored image has. */
    Dimensions size();

    /**
     * Restores the kept pixels of a returned image.
     *
     * @return the restored image, which the caller closes
     * @throws InvalidImageException if the image cannot be decoded or is too large
     */
    EnforcedImage enforce(ImageBytes returned) throws IOException, InvalidImageException;

    /**
     * A restored image.
     *
     * @param bytes the image file
     * @param changed pixels outside the mask that the model had changed
     * @param kept pixels outside the mask
     * @param notes what else differs from what was returned, for the client
     */
    record EnforcedImage(ImageBytes bytes, long changed, long kept, List<String> notes) {

        /** Copies the list. */
        public EnforcedImage {
            notes = List.copyOf(notes);
        }
    }
}
