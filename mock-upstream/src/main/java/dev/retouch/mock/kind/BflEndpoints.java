package dev.retouch.mock.kind;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.edit.ImageEditor.Task;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.kind.AcceptedEdits.End;
import dev.retouch.mock.model.Size;
import dev.retouch.mock.picture.ImageFacts;
import dev.retouch.mock.picture.ImageFormat;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.EndpointRequest;
import dev.retouch.mock.wire.Routes;

/**
 * Black Forest Labs' API: images in base64, width and height in multiples of 16 (FLUX.1 Kontext: proportions; FLUX.1 Fill: one image and a
 * mask whose white pixels may change), a cost in credits of one cent, a polling URL, and a sample behind a link.
 */
final class BflEndpoints {

    private static final String IMAGE = "input_image";
    private static final int MAX_IMAGES = 8;
    private static final int MULTIPLE = 16;
    private static final BigDecimal FIRST_MEGAPIXEL = new BigDecimal("3");
    private static final BigDecimal FURTHER_MEGAPIXEL = new BigDecimal("1.5");
    private static final BigDecimal KONTEXT = new BigDecimal("4");
    private static final BigDecimal FILL = new BigDecimal("5");
    private static final long MEGAPIXEL = 1_000_000;

    private final AcceptedEdits edits;

    BflEndpoints(AcceptedEdits edits) {
        this.edits = edits;
    }

    void addTo(Routes routes, String base) {
        routes.on("POST", base + "v1/{model}", call -> submit(call, base)).on("GET", base + "v1/get_result",
                this::result);
    }

    private Answer submit(EndpointRequest call, String base) throws IOException {
        String model = call.variable("model");
        if (!model.matches("flux-[a-z0-9.-]+")) {
            throw ProviderErrors.notFound("POST", model);
        }
        JsonNode document = JsonRequests.document(call.body());
        boolean fill = model.startsWith("flux-pro-1.0-fill");
        boolean kontext = model.startsWith("flux-kontext");
        JsonRequests.allow(document, members(fill, kontext));
        String prompt = JsonRequests.required(document, "prompt");
        List<StoredBytes> images = fill
                ? List.of(JsonRequests.image(document.path("image"), "image"))
                : images(document);
        ImageFacts first = edits.editor().facts(images.getFirst(), IMAGE);
        Size size = size(document, fill, kontext, first);
        Optional<StoredBytes> mask = fill
                ? Optional.of(JsonRequests.image(document.path("mask"), "mask"))
                : Optional.empty();
        ImageFormat format = ImageFormat
                .ofWireName(JsonRequests.oneOf(document, "output_format", Set.of("jpeg", "png"), "jpeg"));
        boolean everywhere = !fill || call.script().has(Scenario.ChangedOutside.class);
        String id = edits.accept(call, new Task(IMAGE, prompt, images, mask, size, format, everywhere));
        ObjectNode accepted = JsonNodeFactory.instance.objectNode().put("id", id).put("polling_url",
                call.origin() + base + "v1/get_result?id=" + id);
        if (!call.script().has(Scenario.MissingUsage.class)) {
            accepted.put("cost", fill ? FILL : kontext ? KONTEXT : cost(images, size));
        }
        return Answer.json(accepted);
    }

    private static Set<String> members(boolean fill, boolean kontext) {
        List<String> names = new ArrayList<>(List.of("prompt", "seed", "safety_tolerance", "output_format"));
        if (fill) {
            names.addAll(List.of("image", "mask", "steps", "guidance"));
        } else {
            names.addAll(kontext ? List.of("aspect_ratio") : List.of("width", "height"));
            names.add(IMAGE);
            for (int i = 2; i <= MAX_IMAGES; i++) {
                names.add(IMAGE + "_" + i);
            }
        }
        return Set.copyOf(names);
    }

    private static List<StoredBytes> images(JsonNode document) {
        List<StoredBytes> images = new ArrayList<>(List.of(JsonRequests.image(document.path(IMAGE), IMAGE)));
        for (int i = 2; document.has(IMAGE + "_" + i); i++) {
            images.add(JsonRequests.image(document.path(IMAGE + "_" + i), IMAGE));
        }
        return images;
    }

    private static Size size(JsonNode document, boolean fill, boolean kontext, ImageFacts first) {
        if (fill) {
            return new Size(first.width(), first.height());
        }
        if (kontext || !document.has("width")) {
            return ResultSizes.of(document.path("aspect_ratio"), document.path("resolution"), first);
        }
        return JsonRequests.size(document, "width", "height", MULTIPLE);
    }

    /** By megapixels of the result and of the images that were sent. */
    private BigDecimal cost(List<StoredBytes> images, Size size) throws IOException {
        long pixels = size.pixels();
        for (StoredBytes image : images) {
            ImageFacts facts = edits.editor().facts(image, IMAGE);
            pixels += (long) facts.width() * facts.height();
        }
        return FIRST_MEGAPIXEL
                .add(FURTHER_MEGAPIXEL.multiply(BigDecimal.valueOf(Math.ceilDiv(pixels, MEGAPIXEL) - 1)));
    }

    private Answer result(EndpointRequest call) {
        String id = call.parameter("id");
        ObjectNode state = JsonNodeFactory.instance.objectNode().put("id", id);
        switch (edits.end(id)) {
            case End.Done done ->
                state.put("status", "Ready").putObject("result").put("sample", done.urls().getFirst());
            case End.Blocked() -> state.put("status", "Request Moderated").putObject("details")
                    .putArray("Moderation Reasons").add("Violence");
            case End.Failed() -> state.put("status", "Error").putNull("result");
        }
        return Answer.json(state);
    }
}
