package dev.retouch.mock.edit;

import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

import dev.retouch.mock.edit.EditRequest.Background;
import dev.retouch.mock.edit.EditRequest.Delivery;
import dev.retouch.mock.edit.EditRequest.Input;
import dev.retouch.mock.edit.EditRequest.Output;
import dev.retouch.mock.error.Refusals;
import dev.retouch.mock.intake.RequestBody;
import dev.retouch.mock.model.Family;
import dev.retouch.mock.model.Model;
import dev.retouch.mock.model.Models;
import dev.retouch.mock.model.Size;
import dev.retouch.mock.picture.ImageFormat;

/** Turns what was sent into an edit, or refuses it as the provider would. What a model allows stands in its family. */
final class EditRules {

    private static final int MOST_IMAGES = 10;
    private static final int MOST_PARTIALS = 3;
    private static final int BEST_COMPRESSION = 100;
    private static final String AUTO = "auto";

    private final Models models;
    private final InputRules inputs = new InputRules();

    EditRules(Models models) {
        this.models = models;
    }

    EditRequest check(RequestBody body) throws IOException {
        Submission sent = switch (body) {
            case RequestBody.Form form -> FormSubmission.of(form.parts());
            case RequestBody.Json json -> JsonSubmission.of(json.document());
            case RequestBody.Empty() -> throw Refusals.unsupportedMediaType("",
                    "'multipart/form-data' and 'application/json'");
        };
        Optional<String> named = sent.text("model");
        Model model = named.map(id -> models.find(id).orElseThrow(() -> Refusals.modelNotFound(id)))
                .orElse(models.standard());
        Family family = model.family();
        EditParameters.refuseForeign(sent.values().keySet(), family);
        String prompt = prompt(sent, family);
        if (sent.images().isEmpty()) {
            throw Refusals.missing(sent.typed() ? "images" : "image");
        }
        sent.oneOf("moderation", List.of(AUTO, "low"));
        sent.text("user");
        int n = sent.integer("n", 1, MOST_IMAGES).orElse(1);
        Optional<Size> size = family.size(sent.text("size").orElse(null));
        String quality = sent.oneOf("quality", family.qualities()).filter(value -> !value.equals(AUTO))
                .orElse(family.autoQuality());
        Output output = output(sent);
        Background background = background(sent, output);
        boolean highFidelity = sent.oneOf("input_fidelity", List.of("high", "low")).filter("high"::equals).isPresent();
        Delivery delivery = delivery(sent, family);
        List<Input> images = inputs.images(sent.images(), family.images());
        Optional<Input> mask = inputs.mask(sent.mask(), images.getFirst());
        Size drawn = size.orElseGet(() -> family.nearestListed(images.getFirst().facts().ratio()));
        return new EditRequest(model, prompt, images, mask, n, drawn, quality, background, output, highFidelity,
                delivery);
    }

    private static String prompt(Submission sent, Family family) {
        String prompt = sent.text("prompt").orElseThrow(() -> Refusals.missing("prompt"));
        if (prompt.isEmpty()) {
            throw Refusals
                    .badRequest("Invalid 'prompt': empty string. Expected a string with minimum length 1, but got "
                            + "an empty string instead.", "prompt", "empty_string");
        }
        int length = prompt.codePointCount(0, prompt.length());
        if (length > family.promptLimit()) {
            throw Refusals.tooLong("prompt", family.promptLimit(), length);
        }
        return prompt;
    }

    private static Output output(Submission sent) {
        List<String> formats = List.of("png", "jpeg", "webp");
        ImageFormat format = sent.oneOf("output_format", formats).map(ImageFormat::ofWireName).orElse(ImageFormat.PNG);
        int compression = sent.integer("output_compression", 0, BEST_COMPRESSION).orElse(BEST_COMPRESSION);
        if (compression < BEST_COMPRESSION && !format.lossy()) {
            throw Refusals.invalidValue("output_compression",
                    "Compression less than 100 is not supported for PNG output format.");
        }
        return new Output(format, compression);
    }

    private static Background background(Submission sent, Output output) {
        Background background = sent.oneOf("background", List.of("transparent", "opaque", AUTO))
                .map(value -> Background.valueOf(value.toUpperCase(Locale.ROOT))).orElse(Background.AUTO);
        if (background == Background.TRANSPARENT && !output.format().hasAlpha()) {
            throw Refusals.invalidValue("background",
                    "Transparent background is not supported for JPEG output format.");
        }
        return background;
    }

    private static Delivery delivery(Submission sent, Family family) {
        boolean urlIsDefault = family.parameters().contains("response_format");
        boolean asUrl = sent.oneOf("response_format", List.of("url", "b64_json")).map("url"::equals)
                .orElse(urlIsDefault);
        return new Delivery(sent.flag("stream"), sent.integer("partial_images", 0, MOST_PARTIALS).orElse(0), asUrl);
    }
}
