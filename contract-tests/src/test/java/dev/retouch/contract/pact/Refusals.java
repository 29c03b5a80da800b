package dev.retouch.contract.pact;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

import dev.retouch.client.ImageEdit;
import dev.retouch.client.RetouchClient;
import dev.retouch.client.model.EditedImage;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;

/** Errors of a client that do not depend on its key or on the state of the gateway. */
record Refusals(Contract contract, Path folder) {

    private static final String PNG = Fixtures.imageUrl();
    private static final String TEXT = "text/plain;charset=UTF-8";
    private static final String PROMPT = "a red balloon";
    private static final String LOST = "https://images.example.com/lost.png";
    private static final String NO_LINK = "/files/nothing.png";
    private static final String FORGED = "/files/img_3f9c2a7d41b84e0f9c55a0c1d2e3f405.png?expires=4102444800&signature=forged";

    Stream<Refusal> all() {
        return Stream.of(ofParameters(), ofImages(), ofOthers()).flatMap(refusals -> refusals);
    }

    private DocumentedError error(String code, String param, String message) {
        return DocumentedError.of(contract, code, Optional.of(param), message);
    }

    private DocumentedError error(String code, String message) {
        return DocumentedError.of(contract, code, Optional.empty(), message);
    }

    private static Refusal with(DocumentedError error, String doing, Map<String, Object> fields) {
        return Refusal.ofJson(error, doing, List.of(PNG), fields);
    }

    private Stream<Refusal> ofParameters() {
        return Stream.of(
                with(error("missing_required_parameter", "prompt", "Missing required parameter: 'prompt'."),
                        "an edit without a prompt", Map.of()),
                with(error("unknown_parameter", "seed", "Unknown parameter: 'seed'."), "an edit with a seed",
                        Map.of("prompt", PROMPT, "seed", 1)),
                with(error("invalid_value", "size", "Invalid size '1000x1000'. Edges must be multiples of 16."),
                        "an edit of no possible size", Map.of("prompt", PROMPT, "size", "1000x1000")),
                with(error("invalid_type", "n",
                        "Invalid type for 'n': expected an integer, but got a string instead."),
                        "an edit with words for a number", Map.of("prompt", PROMPT, "n", "two")),
                with(error("integer_below_min_value", "n",
                        "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead."),
                        "an edit of no results", Map.of("prompt", PROMPT, "n", 0)),
                with(error("integer_above_max_value", "n",
                        "Invalid 'n': integer above maximum value. Expected a value <= 10, but got 11 instead."),
                        "an edit of eleven results", Map.of("prompt", PROMPT, "n", 11)),
                with(error("string_above_max_length", "prompt", "Invalid 'prompt': string too long. Expected a string "
                        + "with maximum length 1000, but got a string with length 1001 instead."),
                        "an edit with a long prompt",
                        Map.of("model", "dall-e-2", "prompt", "p".repeat(1001))),
                with(error("model_not_found", "model", "The model `gpt-image-9` does not exist."),
                        "an edit with an unknown model", Map.of("prompt", PROMPT, "model", "gpt-image-9")));
    }

    private Stream<Refusal> ofImages() {
        Map<String, Object> prompt = Map.of("prompt", PROMPT);
        return Stream.of(
                Refusal.ofJson(
                        error("array_above_max_length", "images", "Invalid 'images': array too long. Expected an "
                                + "array with maximum length 16, but got an array with length 17 instead."),
                        "an edit of seventeen images", Collections.nCopies(17, PNG), prompt),
                Refusal.ofJson(error("invalid_image_url", "images[0]", "Invalid URL in 'images[0]': it is not http."),
                        "an edit of an image by FTP", List.of("ftp://example.com/a.png"), prompt),
                Refusal.ofJson(error("invalid_base64_image", "images[0]", "Invalid base64 in 'images[0]'."),
                        "an edit of a damaged data URL", List.of("data:image/png;base64,???"), prompt),
                Refusal.ofJson(error("unsupported_file_mimetype", "images[0]", "Invalid file 'images[0]': unsupported "
                        + "mimetype ('text/plain'). Supported file formats are png, webp, and jpeg."),
                        "an edit of a text",
                        List.of(dataUrl("this is a text and no picture".getBytes(StandardCharsets.UTF_8))), prompt),
                Refusal.ofJson(
                        error("invalid_image_file", "images[0]", "Invalid image file 'images[0]': it is cut off."),
                        "an edit of half an image", List.of(dataUrl(Arrays.copyOf(Fixtures.image(), 20))), prompt),
                with(error("invalid_mask_image_format", "mask", "Invalid mask image: it has no alpha channel."),
                        "an edit with an opaque mask",
                        Map.of("prompt", PROMPT, "mask", Map.of("image_url", PNG))),
                with(error("image_file_too_large", "images[0]",
                        "The image file 'images[0]' is too large. Expected fewer than 64 bytes."),
                        "an edit of a large image", Map.of("prompt", PROMPT, "model", "small-pictures"))
                        .given("a model for small pictures"),
                Refusal.of(error("failed_to_download_image", "images[0]",
                        "The image of 'images[0]' could not be downloaded: there is none."), "an edit of a lost image",
                        Asked.json(Asked.EDITS, edit -> edit.stringValue("prompt", PROMPT).array("images",
                                images -> images.object(reference -> reference.valueFromProviderState("image_url",
                                        "${missing}", LOST)))),
                        (client, _) -> client.edit(ImageEdit.ofUrls(LOST).prompt(PROMPT)))
                        .given("pictures on the web"));
    }

    private Stream<Refusal> ofOthers() {
        Form empty = Form.empty().file("image", "empty.png", "image/png", new byte[0]).text("prompt", PROMPT, TEXT);
        Form crowd = Form.empty();
        for (int i = 0; i < 65; i++) {
            crowd = crowd.file("image[]", "image.png", "image/png", new byte[]{1});
        }
        return Stream.of(
                Refusal.of(error("empty_image_file", "image", "The image file 'image' is empty."),
                        "an edit of an empty file", Asked.form(Asked.EDITS, empty),
                        (client, _) -> client.edit(ImageEdit.of(file("empty.png", new byte[0])).prompt(PROMPT))),
                Refusal.of(
                        error("content_too_large", "The form has too many parts. The limit is 64. Send fewer parts."),
                        "an edit of 65 files", Asked.form(Asked.EDITS, crowd.text("prompt", PROMPT, TEXT)),
                        (client, _) -> client.edit(ImageEdit
                                .of(Collections.nCopies(65, file("image.png", new byte[]{1}))).prompt(PROMPT))),
                Refusal.of(error("path_not_found",
                        "No such path: GET /elsewhere/v1/models. The path is /v1/models: set the base URL of the client to"
                                + " the address of this gateway followed by /v1, and send the key in the header"
                                + " 'Authorization: Bearer YOUR_KEY'."),
                        "a question at a wrong base URL", Asked.get("/elsewhere/v1/models"), (_, gateway) -> {
                            try (RetouchClient lost = ClientEditPactTest.client(gateway.resolve("/elsewhere"))) {
                                lost.models();
                            }
                        }),
                Refusal.of(error("model_not_found", "model", "The model `gpt-image-9` does not exist."),
                        "a question for an unknown model", Asked.get("/v1/models/gpt-image-9"),
                        (client, _) -> client.model("gpt-image-9")),
                Refusal.of(
                        error("file_not_found", "No such file: nothing.png. Signed URLs expire; run the edit again."),
                        "a download of nothing", request -> request.method("GET").path(NO_LINK),
                        (client, _) -> client.save(new EditedImage().url(URI.create(NO_LINK)),
                                folder.resolve("a.png"))),
                Refusal.of(error("invalid_signature",
                        "The signature of this URL is not valid. Use the URL exactly as the gateway returned it."),
                        "a download by a forged link",
                        request -> request.method("GET").path(URI.create(FORGED).getPath())
                                .queryParameter("expires", "4102444800").queryParameter("signature", "forged"),
                        (client, _) -> client.save(new EditedImage().url(URI.create(FORGED)),
                                folder.resolve("b.png"))));
    }

    private Path file(String name, byte[] content) throws java.io.IOException {
        return Files.write(folder.resolve(name), content);
    }

    private static String dataUrl(byte[] content) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(content);
    }
}
