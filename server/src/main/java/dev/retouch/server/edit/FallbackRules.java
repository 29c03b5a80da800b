package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.edit.EditInputs.AtHand;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelEntry.ImageRule;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;
import dev.retouch.server.upstream.UnsupportedPolicy;

/** Plans an edit for another model than that of its request. */
final class FallbackRules {

    /** Parameters that mean the same for every model, because the gateway acts on them. */
    private static final Set<String> OF_THE_GATEWAY = Set.of("stream", "response_format", MaskMode.PARAMETER);
    /** An edit with fewer images than requested is another edit. */
    private static final Set<String> NEEDED = Set.of("n");
    /** Messages whose parameter the contract names. */
    private static final Map<ErrorMessage, String> PARAMETERS = Map.of(ErrorMessage.SIZE_IS_NOT_SUPPORTED, "size",
            ErrorMessage.COMPRESSION_NEEDS_LOSSY_FORMAT, "output_compression", ErrorMessage.TRANSPARENCY_NEEDS_ALPHA,
            "background");

    private final EditRules rules;
    private final UnsupportedPolicy unsupported;

    /**
     * Plans edits by these rules.
     *
     * @param unsupported what happens to parameters that the other model does not take
     */
    FallbackRules(EditRules rules, UnsupportedPolicy unsupported) {
        this.rules = rules;
        this.unsupported = unsupported;
    }

    /**
     * The plan for another model; empty if it is the same, is unknown, has prices in another currency, or does not take the edit.
     *
     * @param planned the plan for the model of the request
     * @param request the edit as it was planned
     */
    Optional<EditPlan> plan(String model, EditPlan planned, EditRequest request, ModelRegistry models) {
        Optional<ModelEntry> entry = models.find(model)
                .filter(found -> !models.idOf(model).equals(planned.model()))
                .filter(found -> found.prices().currency().equals(planned.entry().prices().currency()));
        return entry.flatMap(found -> plan(model, found, planned, request, models));
    }

    private Optional<EditPlan> plan(String model, ModelEntry entry, EditPlan planned, EditRequest request,
            ModelRegistry models) {
        Map<String, String> kept = new LinkedHashMap<>(request.parameters());
        kept.keySet().removeIf(name -> OF_THE_GATEWAY.contains(name)
                && (name.equals(MaskMode.PARAMETER) || !entry.parameters().containsKey(name)));
        List<String> leftOut = new ArrayList<>(planned.maskMode() == MaskMode.OFF ? List.of("mask") : List.of());
        while (true) {
            try {
                return Optional.of(rules.plan(request.withModel(model).withParameters(kept), models, planned.maskMode())
                        .dropping(leftOut));
            } catch (ApiException e) {
                String name = e.param().orElse(PARAMETERS.getOrDefault(e.message(), ""));
                if (unsupported == UnsupportedPolicy.REFUSE || NEEDED.contains(name) || kept.remove(name) == null) {
                    return Optional.empty();
                }
                leftOut.add(name);
            }
        }
    }

    /** Whether a model takes images that were validated for another model. */
    static boolean takes(ModelEntry model, EditInputs inputs) {
        ImageRule rule = model.images();
        return switch (inputs) {
            case EditInputs.Linked linked -> linked.images().size() <= rule.max();
            case AtHand loaded -> loaded.images().size() <= rule.max()
                    && loaded.images().stream().allMatch(image -> takes(rule, image))
                    && loaded.dimensions().stream().allMatch(image -> takes(rule, image))
                    && loaded.mask().map(mask -> mask.bytes().size() < model.maskBytes())
                            .orElse(!rule.ownAlphaIsMask());
        };
    }

    private static boolean takes(ImageRule rule, ImagePart image) {
        return image.bytes().size() < rule.bytes() && rule.formats().contains(image.format().wireName());
    }

    private static boolean takes(ImageRule rule, Dimensions image) {
        return (long) image.width() * image.height() <= rule.pixels()
                && (!rule.square() || image.width() == image.height());
    }
}
