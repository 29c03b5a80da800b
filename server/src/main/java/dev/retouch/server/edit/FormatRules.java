package dev.retouch.server.edit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.model.AnimationRule;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.ModelEntry.ParameterRule;
import dev.retouch.server.model.PixelSize;
import dev.retouch.server.model.SizeRule;

/** Rejects parameters and images that do not go together: by the output format, or because they exclude each other. */
final class FormatRules {

    static final String GIF = "gif";
    private static final String SVG = "svg";
    private static final String STILL_FORMATS = "png, jpeg or webp";
    /** Parameters that mean something for one output format only. */
    private static final Map<String, String> FORMAT_NEEDED = Map.of("frame_count", GIF, "frame_duration_ms", GIF,
            ModelEntry.SVG_MODEL, SVG, "svg.reasoning.effort", SVG);

    /** Checks what is passed on, and which images there are. */
    void check(String model, ModelEntry entry, Map<String, String> parameters, EditRequest request) {
        String format = parameters.getOrDefault("output_format", "png");
        checkGuides(model, entry, request);
        new TreeMap<>(FORMAT_NEEDED).forEach((name, needed) -> {
            if (parameters.containsKey(name) && !format.equals(needed)) {
                throw new ApiException(ErrorMessage.PARAMETER_NEEDS_FORMAT, name).withArgument("format", needed);
            }
        });
        if ("transparent".equals(parameters.get("background")) && !List.of("png", "webp").contains(format)) {
            throw new ApiException(ErrorMessage.TRANSPARENCY_NEEDS_ALPHA).withArgument("format", format);
        }
        if (!List.of("jpeg", "webp").contains(format)
                && !"100".equals(parameters.getOrDefault("output_compression", "100"))) {
            throw new ApiException(ErrorMessage.COMPRESSION_NEEDS_LOSSY_FORMAT).withArgument("format", format);
        }
        if (format.equals(GIF) || format.equals(SVG)) {
            checkWholeFile(format, parameters, request);
        }
    }

    private static void checkGuides(String model, ModelEntry entry, EditRequest request) {
        if (request.markup().isEmpty()) {
            return;
        }
        if (entry.markupBytes() == null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_NOT_FOR_MODEL, "markup").withArgument("model", model);
        }
        if (request.mask().isPresent()) {
            throw new ApiException(ErrorMessage.MASK_AND_MARKUP_ARE_EXCLUSIVE);
        }
    }

    /** An animation or a vector image is made as a whole. */
    private static void checkWholeFile(String format, Map<String, String> parameters, EditRequest request) {
        if ("true".equals(parameters.get("stream"))) {
            throw notForFormat("stream", format);
        }
        if (!"0".equals(parameters.getOrDefault("partial_images", "0"))) {
            throw notForFormat("partial_images", format);
        }
        if (format.equals(GIF) && request.mask().isPresent()) {
            throw notForFormat("mask", format);
        }
        int count = Integer.parseInt(parameters.getOrDefault("n", "1"));
        if (format.equals(SVG) && count > 1) {
            throw new ApiException(ErrorMessage.INTEGER_IS_ABOVE_MAXIMUM, "n").withArgument("maximum", 1)
                    .withArgument("value", count);
        }
    }

    private static ApiException notForFormat(String parameter, String format) {
        return new ApiException(ErrorMessage.PARAMETER_IS_NOT_FOR_FORMAT, parameter).withArgument("format", format)
                .withArgument("supported", STILL_FORMATS);
    }

    /** Checks the size of an animation's frames: the sheet on which all of them are drawn must keep the model's bounds. */
    void checkFrameSize(ModelEntry entry, Map<String, String> parameters) {
        AnimationRule animation = entry.animation();
        SizeRule.Flexible bounds = entry.sizes().flexible();
        String size = parameters.get("size");
        if (size == null || size.equals("auto") || animation == null || bounds == null) {
            return;
        }
        ParameterRule rule = entry.parameters().get("frame_count");
        String otherwise = rule == null ? null : rule.defaultValue();
        int frames = Integer.parseInt(parameters.getOrDefault("frame_count", otherwise == null ? "1" : otherwise));
        Optional<PixelSize> frame = SizeRule.parse(size);
        Optional<String> objection = frame.isEmpty()
                ? entry.sizes().violation(size)
                : frame.map(animation.sheet(frames)::of)
                        .flatMap(sheet -> bounds.violation(sheet.width(), sheet.height())
                                .map(reason -> "The sheet of " + frames + " frames is " + sheet + ". " + reason));
        objection.ifPresent(reason -> {
            throw new ApiException(ErrorMessage.SIZE_IS_NOT_SUPPORTED).withArgument("value", size).withArgument("rule",
                    reason);
        });
    }

    /** Whether results of a format have no pixels of a single picture. */
    static boolean hasNoPixels(String format) {
        return format.equals(GIF) || format.equals(SVG);
    }
}
