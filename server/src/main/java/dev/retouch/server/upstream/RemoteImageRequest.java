package dev.retouch.server.upstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.exchange.EditTrace;

/**
 * An edit whose images the upstream fetches.
 *
 * @param requestId the edit id
 * @param model the model
 * @param prompt what to change
 * @param parameters the other parameters of the edit plan, by wire name
 * @param imageUrls the URLs of the images, at least one, in order
 * @param maskUrl the URL of the mask
 * @param markupUrl the URL of the markup image
 * @param trace the trace of the edit
 */
public record RemoteImageRequest(String requestId, ModelName model, String prompt, Map<String, String> parameters,
        List<String> imageUrls, Optional<String> maskUrl, Optional<String> markupUrl, EditTrace trace)
        implements
            UpstreamRequest {

    /** Copies the collections. */
    public RemoteImageRequest {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        imageUrls = List.copyOf(imageUrls);
    }

    @Override
    public int imageCount() {
        return imageUrls.size();
    }

    @Override
    public boolean hasMask() {
        return maskUrl.isPresent();
    }

    @Override
    public boolean hasMarkup() {
        return markupUrl.isPresent();
    }

    @Override
    public RemoteImageRequest with(Map<String, String> others, boolean withoutMask) {
        return new RemoteImageRequest(requestId, model, prompt, others, imageUrls,
                withoutMask ? Optional.empty() : maskUrl, markupUrl, trace);
    }
}
