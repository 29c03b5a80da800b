package dev.retouch.server.upstream;

import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.exchange.EditTrace;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;

/**
 * An edit whose images the gateway has loaded.
 *
 * @param requestId the edit id
 * @param model the model
 * @param prompt what to change
 * @param parameters the other parameters of the edit plan, by wire name
 * @param images at least one, in order
 * @param mask where the image may change
 * @param markup the markup image, whose marks the prompt explains
 * @param json whether the client sent JSON; then the upstream may get JSON too
 * @param trace the trace of the edit
 */
public record LoadedImageRequest(String requestId, ModelName model, String prompt, Map<String, String> parameters,
        List<ImagePart> images, Optional<ImagePart> mask, Optional<ImagePart> markup, boolean json,
        EditTrace trace)
        implements
            UpstreamRequest {

    /** Copies the collections. */
    public LoadedImageRequest {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        images = List.copyOf(images);
    }

    @Override
    public int imageCount() {
        return images.size();
    }

    @Override
    public boolean hasMask() {
        return mask.isPresent();
    }

    @Override
    public boolean hasMarkup() {
        return markup.isPresent();
    }

    @Override
    public LoadedImageRequest with(Map<String, String> others, boolean withoutMask) {
        return new LoadedImageRequest(requestId, model, prompt, others, images, withoutMask ? Optional.empty() : mask,
                markup, json, trace);
    }

    /** The same edit with another first image and without a mask. */
    public LoadedImageRequest withPart(ImagePart part) {
        List<ImagePart> all = new ArrayList<>(images);
        all.set(0, part);
        return new LoadedImageRequest(requestId, model, prompt, parameters, all, Optional.empty(), markup, json, trace);
    }

    /** The same edit with other images, as many as before. */
    public LoadedImageRequest withImages(List<ImagePart> others) {
        return new LoadedImageRequest(requestId, model, prompt, parameters, others, mask, markup, json, trace);
    }

    /** The same edit with another mask. */
    public LoadedImageRequest withMask(ImagePart other) {
        return new LoadedImageRequest(requestId, model, prompt, parameters, images, Optional.of(other), markup, json,
                trace);
    }

    /**
     * A validated image.
     *
     * @param bytes the bytes of the file
     * @param format the format found in them
     */
    public record ImagePart(ImageBytes bytes, ImageFormat format) {}
}
