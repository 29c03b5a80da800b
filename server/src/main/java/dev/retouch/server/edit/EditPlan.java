package dev.retouch.server.edit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.retouch.server.exchange.PlannedEdit;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.upstream.ModelName;

/**
 * An edit after the model's rules were applied to the request.
 *
 * @param model the model id in the registry
 * @param upstreamModel the upstream's name of the model
 * @param entry the registry entry
 * @param prompt the prompt
 * @param forwarded the parameters to send to the upstream, by wire name
 * @param dropped the parameters of the request that are not sent
 * @param streamed whether the response is an SSE stream
 * @param links whether the response contains signed URLs instead of base64
 * @param maskMode how the mask is applied; a hint if there is none
 */
public record EditPlan(String model, String upstreamModel, ModelEntry entry, String prompt,
        Map<String, String> forwarded,
        List<String> dropped, boolean streamed, boolean links, MaskMode maskMode) {

    /** The same plan with another size; without one if it is empty. */
    EditPlan withSize(Optional<String> size) {
        Map<String, String> others = new LinkedHashMap<>(forwarded);
        others.remove("size");
        size.ifPresent(value -> others.put("size", value));
        return new EditPlan(model, upstreamModel, entry, prompt, others, dropped, streamed, links, maskMode);
    }

    /** The same plan, which drops these parameters too. */
    EditPlan dropping(List<String> more) {
        return new EditPlan(model, upstreamModel, entry, prompt, forwarded,
                Stream.concat(dropped.stream(), more.stream()).distinct().toList(), streamed, links, maskMode);
    }

    /** The number of requested images. */
    int images() {
        return Integer.parseInt(forwarded.getOrDefault("n", "1"));
    }

    /** The number of partial images that a stream may have for each image. */
    int partialImages() {
        return streamed ? Integer.parseInt(forwarded.getOrDefault("partial_images", "0")) : 0;
    }

    /** The facts of this plan for the record of the edit. */
    PlannedEdit toRecord(EditRequest request) {
        return new PlannedEdit(model, forwarded.getOrDefault("size", "auto"),
                forwarded.getOrDefault("quality", "auto"), request.images().size(), images(),
                request.mask().isPresent(), streamed, entry.prices().currency());
    }

    /** Both names of the model. */
    ModelName modelName() {
        return ModelName.of(model, upstreamModel, entry);
    }
}
