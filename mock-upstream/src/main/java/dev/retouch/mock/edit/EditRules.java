package dev.retouch.mock.edit;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.retouch.mock.edit.EditRequest.Background;
import dev.retouch.mock.edit.EditRequest.Complexity;
import dev.retouch.mock.edit.EditRequest.Delivery;
import dev.retouch.mock.edit.EditRequest.Guides;
import dev.retouch.mock.edit.EditRequest.Input;
import dev.retouch.mock.edit.EditRequest.Output;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.RequestBody;
import dev.retouch.mock.model.Family;
import dev.retouch.mock.model.Model;
import dev.retouch.mock.model.Models;
import dev.retouch.mock.model.Size;
import dev.retouch.mock.picture.ImageFormat;

/** Validates a raw edit as the provider does. The rules of a model are in its family. */
final class EditRules {

    private static final int MAX_IMAGES = 10;
    private static final int MAX_PARTIALS = 3;
    private static final int BEST_COMPRESSION = 100;
    private static final String AUTO = "auto";

    private final Models models;
    private final InputRules inputs = new InputRules();
    private final FormatRules formats = new FormatRules();

    EditRules(Models models) {
        this.models = models;
    }

    EditRequest check(RequestBody body) throws IOException {
        RawEdit sent = switch (body) {
            case RequestBody.Form form -> FormSubmission.of(form.parts());
            case RequestBody.Json json -> JsonSubmission.of(json.document());
            case RequestBody.Empty() -> throw ProviderErrors.unsupportedMediaType("",
                    "'multipart/form-data' and 'application/json'");
        };
        Optional<String> named = sent.text("model");
        Model model = named.map(id -> models.find(id).orElseThrow(() -> ProviderErrors.modelNotFound(id)))
                .orElse(models.standard());
        Family family = model.family();
        EditParameters.refuseForeign(sent.values().keySet(), family);
        String prompt = prompt(sent, family);
        if (sent.images().isEmpty()) {
            throw ProviderErrors.missing(sent.typed() ? "images" : "image");
        }
        sent.oneOf("moderation", List.of(AUTO, "low"));
        sent.text("user");
        int n = sent.integer("n", 1, MAX_IMAGES).orElse(1);
        Output output = output(sent, family);
        Optional<Size> size = output.animation().isPresent()
                ? family.frameSize(sent.text("size").orElse(null), output.animation().get().sheet())
                : family.size(sent.text("size").orElse(null));
        String quality = sent.oneOf("quality", family.qualities()).filter(value -> !value.equals(AUTO))
                .orElse(family.autoQuality());
        Complexity complexity = sent.oneOf("complexity", List.of("low", "medium", "high"))
                .map(value -> Complexity.valueOf(value.toUpperCase(Locale.ROOT))).orElse(Complexity.HIGH);
        Background background = background(sent, family, output);
        boolean highFidelity = sent.oneOf("input_fidelity", List.of("high", "low")).filter("high"::equals).isPresent();
        Delivery delivery = delivery(sent, family);
        List<Input> images = inputs.images(sent.images(), family.images());
        Guides guides = guides(sent, family, images.getFirst());
        formats.check(output, n, delivery, guides);
        Size drawn = size.orElseGet(() -> {
            Size nearest = family.nearestListed(images.getFirst().facts().ratio());
            return output.animation().isPresent() ? new Size(nearest.width() / 2, nearest.height() / 2) : nearest;
        });
        return new EditRequest(model, prompt, images, guides, n, drawn, quality, complexity, background, output,
                highFidelity, delivery);
    }

    private static String prompt(RawEdit sent, Family family) {
        String prompt = sent.text("prompt").orElseThrow(() -> ProviderErrors.missing("prompt"));
        if (prompt.isEmpty()) {
            throw ProviderErrors
                    .badRequest("Invalid 'prompt': empty string. Expected a string with minimum length 1, but got "
                            + "an empty string instead.", "prompt", "empty_string");
        }
        int length = prompt.codePointCount(0, prompt.length());
        if (length > family.promptLimit()) {
            throw ProviderErrors.tooLong("prompt", family.promptLimit(), length);
        }
        return prompt;
    }

    private Guides guides(RawEdit sent, Family family, Input first) throws IOException {
        if (sent.markup().isPresent() && !family.parameters().contains("markup")) {
            throw ProviderErrors.unknownParameter("markup");
        }
        if (sent.markup().isPresent() && sent.mask().isPresent()) {
            throw ProviderErrors.mutuallyExclusive("mask", "markup");
        }
        return new Guides(inputs.mask(sent.mask(), first), inputs.markup(sent.markup(), first));
    }

    private Output output(RawEdit sent, Family family) {
        List<String> supported = family.formats().isEmpty() ? List.of("png") : family.formats();
        ImageFormat format = sent.oneOf("output_format", supported).map(ImageFormat::ofWireName)
                .orElse(ImageFormat.PNG);
        int compression = sent.integer("output_compression", 0, BEST_COMPRESSION).orElse(BEST_COMPRESSION);
        if (compression < BEST_COMPRESSION && !format.lossy()) {
            throw ProviderErrors.invalidValue("output_compression", "Compression less than 100 is not supported for "
                    + format.name() + " output format.");
        }
        return new Output(format, compression, formats.animation(sent, format), formats.svgModel(sent, family, format));
    }

    private static Background background(RawEdit sent, Family family, Output output) {
        if (sent.text("background").filter("transparent"::equals).isPresent()
                && !family.backgrounds().contains("transparent")) {
            throw ProviderErrors.invalidValue("background", "Transparent background is not supported for this model.");
        }
        Background background = sent.oneOf("background", List.of("transparent", "opaque", AUTO))
                .map(value -> Background.valueOf(value.toUpperCase(Locale.ROOT))).orElse(Background.AUTO);
        if (background == Background.TRANSPARENT && !output.format().hasAlpha()) {
            throw ProviderErrors.invalidValue("background",
                    "Transparent background is not supported for " + output.format().name() + " output format.");
        }
        return background;
    }

    private static Delivery delivery(RawEdit sent, Family family) {
        boolean urlIsDefault = family.parameters().contains("response_format");
        boolean asUrl = sent.oneOf("response_format", List.of("url", "b64_json")).map("url"::equals)
                .orElse(urlIsDefault);
        return new Delivery(sent.flag("stream"), sent.integer("partial_images", 0, MAX_PARTIALS).orElse(0), asUrl);
    }
}
