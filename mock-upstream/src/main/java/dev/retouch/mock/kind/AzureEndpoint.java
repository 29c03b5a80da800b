package dev.retouch.mock.kind;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;

import dev.retouch.mock.edit.EditEndpoint;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.FormPart;
import dev.retouch.mock.intake.RequestBody;
import dev.retouch.mock.intake.StoredBytes;
import dev.retouch.mock.picture.ImageFormat;
import dev.retouch.mock.picture.ImageProbe;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.Endpoint;
import dev.retouch.mock.wire.EndpointRequest;
import dev.retouch.mock.wire.Routes;

/**
 * Azure OpenAI's edits: OpenAI's form at the URL of a deployment with {@code api-version}, or at the v1 URL with the deployment as model.
 * A deployment has the name of its model here. Images are png or jpeg, and a quality is never {@code auto}.
 */
final class AzureEndpoint implements Endpoint {

    private static final String MODEL = "model";
    private static final String DEPLOYMENT = "deployment";
    private static final Set<ImageFormat> FORMATS = Set.of(ImageFormat.PNG, ImageFormat.JPEG);
    private static final List<String> QUALITIES = List.of("low", "medium", "high");

    private final EditEndpoint edits;

    AzureEndpoint(EditEndpoint edits) {
        this.edits = edits;
    }

    /** The paths of a resource. */
    void addTo(Routes routes, String base) {
        Endpoint models = _ -> Answer.json(JsonNodeFactory.instance.objectNode().set("data",
                JsonNodeFactory.instance.arrayNode()));
        routes.on("POST", base + "openai/deployments/{deployment}/images/edits", this)
                .on("POST", base + "openai/v1/images/edits", this)
                .on("GET", base + "openai/models", models).on("GET", base + "openai/v1/models", models);
    }

    @Override
    public Answer answer(EndpointRequest call) throws IOException {
        if (!(call.body() instanceof RequestBody.Form form)) {
            throw ProviderErrors.unsupportedMediaType("", "'multipart/form-data'");
        }
        Optional<String> deployment = Optional.ofNullable(call.variables().get(DEPLOYMENT));
        if (deployment.isPresent() && call.parameter("api-version").isEmpty()) {
            throw ProviderErrors.notFound("POST", "images/edits");
        }
        List<FormPart> parts = new ArrayList<>();
        for (FormPart part : form.parts()) {
            check(part);
            if (deployment.isEmpty() || !part.name().equals(MODEL)) {
                parts.add(part);
            }
        }
        if (deployment.isPresent()) {
            Path file = Files.writeString(call.workspace().newFile(), deployment.get());
            parts.add(new FormPart(MODEL, Optional.empty(), Optional.empty(), StoredBytes.measure(file), deployment));
        }
        return edits.answer(call.withBody(new RequestBody.Form(parts)));
    }

    private static void check(FormPart part) throws IOException {
        String text = part.text().orElse("");
        if (part.name().equals("quality") && !QUALITIES.contains(text)) {
            throw ProviderErrors.notAmong("quality", text, QUALITIES);
        }
        if (part.name().equals("output_format") && FORMATS.stream().noneMatch(known -> known.wireName().equals(text))) {
            throw ProviderErrors.notAmong("output_format", text, List.of("png", "jpeg"));
        }
        if (part.name().startsWith("image") && part.text().isEmpty()
                && ImageProbe.format(part.bytes().file()).filter(FORMATS::contains).isEmpty()) {
            throw ProviderErrors.unsupportedImage(part.name(), "application/octet-stream", List.of("png", "jpeg"));
        }
    }
}
