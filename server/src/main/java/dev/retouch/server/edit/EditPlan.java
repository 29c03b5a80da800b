package dev.retouch.server.edit;

import java.util.List;
import java.util.Map;

import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.upstream.ModelName;

/**
 * What will be done, once the model's rules have been held against the request.
 *
 * @param model the model's id in the registry
 * @param upstreamModel what the upstream calls the model
 * @param entry what the registry knows about it
 * @param prompt what to change
 * @param forwarded the parameters that the upstream is given, by wire name
 * @param dropped the parameters that were given and are not passed on
 * @param streamed whether the answer is a stream of events
 * @param links whether the answer holds links instead of base64
 */
public record EditPlan(String model, String upstreamModel, ModelEntry entry, String prompt,
        Map<String, String> forwarded,
        List<String> dropped, boolean streamed, boolean links) {

    /** Both names of the model. */
    ModelName modelName() {
        return new ModelName(model, upstreamModel);
    }
}
