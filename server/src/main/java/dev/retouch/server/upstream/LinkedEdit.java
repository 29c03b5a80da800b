package dev.retouch.server.upstream;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An edit whose images the upstream fetches by itself.
 *
 * @param requestId our id of the request that asked for it
 * @param model the model
 * @param prompt what to change
 * @param parameters the other parameters, by wire name, as text
 * @param imageUrls where the images are, at least one, in order
 * @param maskUrl where the mask is
 */
public record LinkedEdit(String requestId, ModelName model, String prompt, Map<String, String> parameters,
        List<String> imageUrls, Optional<String> maskUrl) implements OutgoingEdit {

    /** Keeps the order of everything. */
    public LinkedEdit {
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        imageUrls = List.copyOf(imageUrls);
    }
}
