package dev.retouch.contract;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Every documented code that a request to one endpoint can provoke, in the one envelope, with the status and type that the document
 * names. What takes more than that is provoked by others; the coverage report sees to it that no code and no message is left out.
 */
@ExtendWith(Gateways.class)
class ErrorTest {

    private static final String PNG = Contract.dataUrl("input.png");

    /** A request that must fail, and what else than its code is known of the failure. */
    private record Mistake(String code, @Nullable String param, String message, Function<Endpoint, Reply> request) {}

    private final Contract contract = new Contract();
    private final Endpoint gateway;

    ErrorTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            {"prompt":"p"}                                       | images[].image_url is required        | images | missing_required_parameter
            {"prompt":"p","images":[]}                           | images[].image_url is required        | images | missing_required_parameter
            {"prompt":"p","images":[{}]}                         | images[].image_url is required        | images | missing_required_parameter
            {"prompt":"p","images":[{"image_url":""}]}           | images[].image_url is required        | images | missing_required_parameter
            {"prompt":"p","images":[null]}                       | images[].image_url is required        | images | missing_required_parameter
            {"prompt":"p","images":[{"file_id":"file-1"}]}       | images[].file_id is not supported     | images | unknown_parameter
            {"prompt":"p","images":[{"image_url":"data:image/png;base64,AAAA"}],"mask":{"file_id":"file-1"}} | mask.file_id is not supported | mask | unknown_parameter
            """)
    void documentedStringsOfJsonAreSentAsTheyStand(String json, String message, String param, String code) {
        assertEnvelope(gateway.edit(json), 400, message, "invalid_request_error", param, code);
    }

    @Test
    void sendsDocumentedStringOfAForm() {
        assertEnvelope(gateway.edit(Form.empty().text("prompt", "p")), 400, "image file is required",
                "invalid_request_error", "image", "missing_required_parameter");
        assertEnvelope(
                gateway.edit(Form.empty().text("prompt", "p").file("image", "", "application/octet-stream",
                        new byte[0])),
                400, "image file is required", "invalid_request_error", "image", "missing_required_parameter");
    }

    /** The document shows errors as examples; those that can be provoked here must look like it letter for letter. */
    @Test
    void errorsLookLikeTheDocumentsExamples() {
        Map<String, JsonNode> examples = contract.examples("");
        Map<String, Reply> provoked = new LinkedHashMap<>();
        provoked.put("MissingParameter", gateway.edit(Form.empty().example("image", "input.png")));
        provoked.put("AboveMaximum", gateway.edit(Form.ofInput().text("n", "11")));
        provoked.put("UnsupportedValue", gateway.edit(Form.ofInput().text("quality", "best")));
        provoked.put("ModelNotFound", gateway.edit(Form.ofInput().text("model", "gpt-image-9")));
        provoked.put("MissingKey", Endpoint.fetch(gateway.at("/v1/models")));
        provoked.forEach((name, reply) -> assertThat(reply.json()).as(name).isEqualTo(examples.get(name)));
    }

    @TestFactory
    Stream<DynamicTest> everyMistakeHasItsCode() {
        return mistakes().stream()
                .map(mistake -> DynamicTest.dynamicTest(mistake.code() + ": " + mistake.message(), () -> {
                    Reply reply = mistake.request().apply(gateway);
                    JsonNode documented = contract.error(mistake.code());
                    assertThat(reply.error().path("message").asText()).contains(mistake.message());
                    assertEnvelope(reply, documented.path("status").asInt(), reply.error().path("message").asText(),
                            documented.path("type").asText(), mistake.param(), mistake.code());
                    assertThat(reply.header("x-should-retry")).contains(documented.path("retry").asText());
                }));
    }

    private void assertEnvelope(Reply reply, int status, String message, String type, @Nullable String param,
            String code) {
        JsonNode error = reply.error();
        assertThat(error.path("message").asText()).isEqualTo(message);
        assertThat(error.path("type").asText()).isEqualTo(type);
        assertThat(error.get("param")).as("param is always there").isNotNull();
        assertThat(error.path("param").asText(null)).isEqualTo(param);
        assertThat(error.path("code").asText()).isEqualTo(code);
        assertThat(reply.status()).isEqualTo(status);
        assertThat(reply.header("x-request-id").orElse("")).startsWith("req_");
        contract.assertValid("ErrorEnvelope", reply.text());
    }

    private static List<Mistake> mistakes() {
        List<Mistake> mistakes = new ArrayList<>();
        parameterMistakes(mistakes);
        imageMistakes(mistakes);
        jsonMistakes(mistakes);
        doorMistakes(mistakes);
        return mistakes;
    }

    private static void parameterMistakes(List<Mistake> mistakes) {
        form(mistakes, "missing_required_parameter", "prompt", "Missing required parameter: 'prompt'.",
                Form.empty().example("image", "input.png"));
        form(mistakes, "missing_required_parameter", "prompt", "'prompt'",
                Form.empty().example("image", "input.png").text("prompt", ""));
        form(mistakes, "unknown_parameter", "strength", "Unknown parameter: 'strength'.",
                Form.ofInput().text("strength", "1"));
        form(mistakes, "unknown_parameter", "background",
                "The model 'dall-e-2' does not support the parameter 'background'",
                Form.ofInput().text("model", "dall-e-2").text("background", "opaque"));
        form(mistakes, "invalid_value", "n", "more than once", Form.ofInput().text("n", "1").text("n", "2"));
        form(mistakes, "invalid_value", "size", "Invalid size '1000x1000'", Form.ofInput().text("size", "1000x1000"));
        form(mistakes, "invalid_value", "size",
                "Invalid value: '300x300'. Supported values are: '256x256', '512x512', and '1024x1024'.",
                Form.ofInput().text("model", "dall-e-2").text("size", "300x300"));
        form(mistakes, "invalid_value", "quality", "Invalid value: 'max'",
                Form.ofInput().text("model", "gpt-image-1").text("quality", "max"));
        form(mistakes, "invalid_value", "background", "Transparent background is not supported for jpeg output",
                Form.ofInput().text("model", "gpt-image-2.5-flare").text("background", "transparent")
                        .text("output_format", "jpeg"));
        form(mistakes, "invalid_value", "output_compression", "png output has no compression below 100",
                Form.ofInput().text("output_compression", "50"));
        form(mistakes, "invalid_type", "n", "expected an integer, but got 'two'", Form.ofInput().text("n", "two"));
        form(mistakes, "integer_below_min_value", "n",
                "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.",
                Form.ofInput().text("n", "0"));
        form(mistakes, "integer_above_max_value", "output_compression", "Expected a value <= 100, but got 101 instead.",
                Form.ofInput().text("output_format", "webp").text("output_compression", "101"));
        form(mistakes, "string_above_max_length", "prompt",
                "Expected a string with maximum length 32000, but got a string with length 32001 instead.",
                Form.empty().example("image", "input.png").text("prompt", "🌹".repeat(32_001)));
        form(mistakes, "string_above_max_length", "prompt", "maximum length 1000",
                Form.empty().example("image", "input.png").text("model", "dall-e-2").text("prompt",
                        "p".repeat(1001)));
        form(mistakes, "model_not_found", "model", "The model `gpt-image-9` does not exist.",
                Form.ofInput().text("model", "gpt-image-9"));
    }

    private static void imageMistakes(List<Mistake> mistakes) {
        Form seventeen = Form.empty().text("prompt", "p");
        for (int i = 0; i < 17; i++) {
            seventeen = seventeen.example("image[]", "second.jpg");
        }
        form(mistakes, "array_above_max_length", "image", "maximum length 16, but got an array with length 17",
                seventeen);
        form(mistakes, "empty_image_file", "image", "The image file 'image' is empty.",
                Form.empty().text("prompt", "p").file("image", "a.png", "image/png", new byte[0]));
        form(mistakes, "image_file_too_large", "image", "Expected fewer than 4194304 bytes.",
                Form.empty().text("prompt", "p").text("model", "dall-e-2").file("image", "a.png", "image/png",
                        padded(Contract.example("input.png"), 4 << 20)));
        form(mistakes, "unsupported_file_mimetype", "image", "unsupported mimetype ('text/plain')",
                Form.empty().text("prompt", "p").file("image", "a.png", "image/png", "no image".repeat(9).getBytes(
                        StandardCharsets.UTF_8)));
        form(mistakes, "unsupported_file_mimetype", "image[1]", "unsupported mimetype ('image/gif')",
                Form.ofInput().file("image", "a.gif", "image/gif", Base64.getDecoder()
                        .decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7")));
        form(mistakes, "unsupported_file_mimetype", "image", "Supported file formats are png",
                Form.empty().text("prompt", "p").text("model", "dall-e-2").example("image", "second.jpg"));
        form(mistakes, "invalid_image_file", "image", "Invalid image file 'image'", Form.empty().text("prompt", "p")
                .file("image", "a.png", "image/png", Arrays.copyOf(Contract.example("input.png"), 20)));
        form(mistakes, "invalid_mask_image_format", "mask", "expected a png with an alpha channel, but got image/jpeg",
                Form.ofInput().example("mask", "second.jpg"));
        form(mistakes, "invalid_mask_image_format", "mask", "it has no alpha channel",
                Form.ofInput().example("mask", "input.png"));
        form(mistakes, "invalid_mask_image_format", "mask", "but the first image is",
                Form.empty().text("prompt", "p").example("image", "second.jpg").example("mask", "mask.png"));
        form(mistakes, "invalid_value", "mask", "more than once",
                Form.ofInput().example("mask", "mask.png").example("mask", "mask.png"));
    }

    private static void jsonMistakes(List<Mistake> mistakes) {
        String image = "\"images\":[{\"image_url\":\"" + PNG + "\"}]";
        json(mistakes, "missing_required_parameter", "prompt", "'prompt'", "{" + image + "}");
        json(mistakes, "missing_required_parameter", "mask", "The mask has no 'mask.image_url'.",
                "{\"prompt\":\"p\"," + image + ",\"mask\":{}}");
        json(mistakes, "invalid_value", "images", "Both 'images' and 'image' were given",
                "{\"prompt\":\"p\"," + image + ",\"image\":\"" + PNG + "\"}");
        json(mistakes, "invalid_value", "prompt", "empty string", "{\"prompt\":\"\"," + image + "}");
        json(mistakes, "unknown_parameter", "seed", "Unknown parameter: 'seed'.",
                "{\"prompt\":\"p\"," + image + ",\"seed\":1}");
        json(mistakes, "unknown_parameter", "images[0].uri", "Unknown parameter: 'images[0].uri'.",
                "{\"prompt\":\"p\",\"images\":[{\"uri\":\"" + PNG + "\"}]}");
        json(mistakes, "invalid_type", "n", "expected an integer, but got a string",
                "{\"prompt\":\"p\"," + image + ",\"n\":\"1\"}");
        json(mistakes, "invalid_type", "n", "expected an integer, but got a decimal number",
                "{\"prompt\":\"p\"," + image + ",\"n\":1.5}");
        json(mistakes, "invalid_type", "prompt", "expected a string, but got an integer",
                "{\"prompt\":7," + image + "}");
        json(mistakes, "invalid_type", "stream", "expected a boolean",
                "{\"prompt\":\"p\"," + image + ",\"stream\":\"yes\"}");
        json(mistakes, "integer_above_max_value", "n", "<= 10, but got 11 instead.",
                "{\"prompt\":\"p\"," + image + ",\"n\":11}");
        json(mistakes, "malformed_body", null, "The JSON body could not be read", "{\"prompt\":");
        json(mistakes, "invalid_image_url", "images[0]", "Invalid URL in 'images[0]'",
                "{\"prompt\":\"p\",\"images\":[{\"image_url\":\"ftp://example.com/a.png\"}]}");
        json(mistakes, "invalid_base64_image", "images[0]", "Invalid base64 in 'images[0]'.",
                "{\"prompt\":\"p\",\"images\":[{\"image_url\":\"data:image/png;base64,???\"}]}");
        json(mistakes, "invalid_base64_image", "image[1]", "Invalid base64 in 'image[1]'.",
                "{\"prompt\":\"p\",\"image\":[\"" + PNG + "\",\"no base64!\"]}");
        json(mistakes, "unsupported_file_mimetype", "images[0]", "text/plain",
                "{\"prompt\":\"p\",\"images\":[{\"image_url\":\"data:image/png;base64,"
                        + Base64.getEncoder().encodeToString("this is text".getBytes(
                                StandardCharsets.UTF_8))
                        + "\"}]}");
    }

    private static void doorMistakes(List<Mistake> mistakes) {
        mistakes.add(new Mistake("invalid_api_key", null, "No API key was given.",
                gateway -> Endpoint.fetch(gateway.at("/v1/models"))));
        mistakes.add(new Mistake("invalid_api_key", null, "Incorrect API key provided.",
                gateway -> new Endpoint(gateway.baseUrl(), "sk-wrong").get("/v1/models")));
        mistakes.add(new Mistake("path_not_found", null, "No such path: GET /v1/nothing.",
                gateway -> gateway.get("/v1/nothing")));
        mistakes.add(new Mistake("path_not_found", null, "No such path: GET /v1/v1/models. The path is /v1/models: set",
                gateway -> gateway.get("/v1/v1/models")));
        mistakes.add(new Mistake("unsupported_media_type", null, "The content encoding 'zstd' is not supported.",
                gateway -> Endpoint.send(gateway.request(Endpoint.EDITS).header("Content-Type", "application/json")
                        .header("Content-Encoding", "zstd").POST(HttpRequest.BodyPublishers.ofString("{}")))));
        mistakes.add(new Mistake("method_not_allowed", null, "/v1/images/edits does not support GET. Use ",
                gateway -> gateway.get(Endpoint.EDITS)));
        mistakes.add(
                new Mistake("not_acceptable", null, "The Accept header excludes every type of this response. Accept ",
                        gateway -> Endpoint.send(gateway.request("/v1/models").header("Accept", "image/png").GET())));
        mistakes.add(new Mistake("unsupported_media_type", null, "The content type 'text/plain' is not supported.",
                gateway -> gateway.edit("text/plain", new byte[]{'x'})));
        mistakes.add(new Mistake("model_not_found", "model", "The model `gpt-image-9` does not exist.",
                gateway -> gateway.get("/v1/models/gpt-image-9")));
        mistakes.add(new Mistake("file_not_found", null, "No such file",
                gateway -> Endpoint.fetch(gateway.at("/files/nothing.png"))));
        mistakes.add(new Mistake("invalid_signature", null, "The signature of this URL is not valid.",
                gateway -> Endpoint.fetch(changed(linkOf(gateway), "signature=.", "signature=_"))));
        mistakes.add(new Mistake("range_not_satisfiable", null, "",
                gateway -> Endpoint.send(HttpRequest.newBuilder(URI.create(linkOf(gateway)))
                        .header("Range", "bytes=999999999-").GET())));
        mistakes.add(new Mistake("invalid_signature", null, "The signature of this URL is not valid.",
                gateway -> Endpoint.fetch(changed(linkOf(gateway), "expires=\\d", "expires=9"))));
    }

    private static String linkOf(Endpoint gateway) {
        return gateway.edit(Form.ofInput().text("response_format", "url").text("size", "1024x1024")).json()
                .at("/data/0/url").asText();
    }

    private static URI changed(String link, String what, String by) {
        String changed = link.replaceFirst(what, by);
        // one signature in 64 begins with the very letter
        return URI.create(changed.equals(link) ? link.replaceFirst(what, by.replace("_", "A")) : changed);
    }

    private static void form(List<Mistake> mistakes, String code, String param, String message, Form form) {
        mistakes.add(new Mistake(code, param, message, gateway -> gateway.edit(form)));
    }

    private static void json(List<Mistake> mistakes, String code, @Nullable String param,
            String message, String json) {
        mistakes.add(new Mistake(code, param, message, gateway -> gateway.edit(json)));
    }

    private static byte[] padded(byte[] image, int size) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(size);
        out.writeBytes(image);
        out.writeBytes(new byte[size - image.length]);
        return out.toByteArray();
    }
}
