package dev.retouch.server.upstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;

/**
 * An edit whose images are at hand.
 *
 * @param requestId our id of the request that asked for it
 * @param model the model
 * @param prompt what to change
 * @param parameters the other parameters, by wire name, only such as the model supports
 * @param images at least one, in order
 * @param mask where the picture may change
 * @param json whether it came as JSON, so that an upstream may be sent JSON too
 */
public record UpstreamEdit(String requestId, ModelName model, String prompt, Map<String, String> parameters,
        List<ImagePart> images, Optional<ImagePart> mask, boolean json) implements OutgoingEdit {

    /** Keeps the order of everything. */
    public UpstreamEdit {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        images = List.copyOf(images);
    }

    /**
     * An image that was looked at.
     *
     * @param bytes the file
     * @param format what it is
     */
    public record ImagePart(ImageBytes bytes, ImageFormat format) {}
}
