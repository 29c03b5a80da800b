package dev.retouch.mock.edit;

import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.mock.edit.EditRequest.Animation;
import dev.retouch.mock.edit.EditRequest.Delivery;
import dev.retouch.mock.edit.EditRequest.Guides;
import dev.retouch.mock.edit.EditRequest.Output;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.model.Family;
import dev.retouch.mock.model.FrameSheet;
import dev.retouch.mock.picture.ImageFormat;

/**
 * What holds for animations and vector images only: openai-java 4.101.0, ImageEditParams and ImageGenerateParams, 21 November 2026.
 * There the provider draws vector images for generations only; relays do it for edits too, and so does this mock.
 */
final class FormatRules {

    private static final int FEWEST_FRAMES = 2;
    private static final int MAX_FRAMES = 16;
    private static final int FRAMES = 9;
    private static final int SHORTEST_FRAME = 20;
    private static final int MAX_FRAME = 655_350;
    private static final int FRAME = 200;
    private static final List<String> EFFORTS = List.of("none", "minimal", "low", "medium", "high", "xhigh", "max");

    /** The animation that is asked for with gif output. */
    Optional<Animation> animation(RawEdit sent, ImageFormat format) {
        int frames = sent.integer("frame_count", FEWEST_FRAMES, MAX_FRAMES).orElse(FRAMES);
        int milliseconds = sent.integer("frame_duration_ms", SHORTEST_FRAME, MAX_FRAME).orElse(FRAME);
        if (format != ImageFormat.GIF) {
            for (String name : List.of("frame_count", "frame_duration_ms")) {
                if (sent.values().containsKey(name)) {
                    throw ProviderErrors.invalidValue(name,
                            "'" + name + "' is only supported with output_format 'gif'.");
                }
            }
            return Optional.empty();
        }
        return Optional.of(new Animation(frames, FrameSheet.of(frames), milliseconds));
    }

    /** The text model that writes the vector image, with svg output. */
    Optional<String> svgModel(RawEdit sent, Family family, ImageFormat format) {
        Map<String, Optional<String>> members = members(sent);
        if (format != ImageFormat.SVG) {
            if (!members.isEmpty()) {
                throw ProviderErrors.invalidValue("svg", "'svg' is only supported with output_format 'svg'.");
            }
            return Optional.empty();
        }
        members.getOrDefault("effort", Optional.empty()).filter(effort -> !EFFORTS.contains(effort))
                .ifPresent(effort -> {
                    throw ProviderErrors.notAmong("svg.reasoning.effort", effort, EFFORTS);
                });
        Optional<String> model = members.getOrDefault("model", Optional.empty());
        model.filter(named -> !family.svgModels().contains(named)).ifPresent(named -> {
            throw ProviderErrors.notAmong("svg.model", named, family.svgModels());
        });
        return model.or(() -> family.svgModels().stream().findFirst());
    }

    /** What does not go with the format. */
    void check(Output output, int n, Delivery delivery, Guides guides) {
        boolean gif = output.format() == ImageFormat.GIF;
        boolean svg = output.format() == ImageFormat.SVG;
        if (!gif && !svg) {
            return;
        }
        if (delivery.stream() || delivery.partialImages() > 0) {
            throw ProviderErrors.invalidValue(delivery.stream() ? "stream" : "partial_images",
                    "Streaming is not supported for " + output.format().name() + " output format.");
        }
        if (gif && guides.mask().isPresent()) {
            throw ProviderErrors.invalidValue("mask", "A mask is not supported for GIF output format.");
        }
        if (svg && n > 1) {
            throw ProviderErrors.tooLarge("n", 1, n);
        }
    }

    /** The members of {@code svg} by their last name, from a document or a form. */
    private static Map<String, Optional<String>> members(RawEdit sent) {
        JsonNode svg = sent.values().get("svg");
        if (svg == null) {
            Optional<String> model = sent.text(EditParameters.SVG_MODEL);
            Optional<String> effort = sent.text(EditParameters.SVG_EFFORT);
            return model.isEmpty() && effort.isEmpty() ? Map.of() : Map.of("model", model, "effort", effort);
        }
        if (!svg.isObject()) {
            throw ProviderErrors.wrongType("svg", "an object", RawEdit.kind(svg));
        }
        refuseOthers(svg, "svg.", List.of("model", "reasoning"));
        JsonNode reasoning = svg.path("reasoning");
        refuseOthers(reasoning, "svg.reasoning.", List.of("effort"));
        return Map.of("model", text(svg.path("model"), "svg.model"), "effort",
                text(reasoning.path("effort"), "svg.reasoning.effort"));
    }

    private static void refuseOthers(JsonNode object, String before, List<String> known) {
        object.properties().stream().map(Map.Entry::getKey).filter(name -> !known.contains(name)).findFirst()
                .ifPresent(name -> {
                    throw ProviderErrors.unknownParameter(before + name);
                });
    }

    private static Optional<String> text(JsonNode value, String name) {
        if (value.isMissingNode() || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            throw ProviderErrors.wrongType(name, "a string", RawEdit.kind(value));
        }
        return Optional.of(value.textValue());
    }
}
