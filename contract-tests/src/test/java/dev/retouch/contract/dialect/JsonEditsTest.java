package dev.retouch.contract.dialect;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.RunningGateway;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

/** A JSON edit is taken or refused as a whole; what is wrong with it is said at its place and in plain words. */
@ExtendWith(Gateways.class)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class JsonEditsTest {

    private static final byte[] INPUT = Pictures.opaque();
    private static final String URL = Pictures.dataUrl("image/png", INPUT);

    private final Trials trials;

    JsonEditsTest(RunningGateway gateway) {
        trials = new Trials(gateway);
    }

    private static ObjectNode json() {
        ObjectNode json = Trials.json().put("prompt", "p").put("size", "1024x640");
        json.putArray("images").addObject().put("image_url", URL);
        return json;
    }

    @Test
    void imagesStandInOnePlace() {
        trials.refused(json().put("image", URL), "invalid_value", "images", "Both 'images' and 'image' were given");
        ObjectNode lists = json();
        lists.putArray("image").add(URL);
        trials.refused(lists, "invalid_value", "images", "Both 'images' and 'image' were given");
        ObjectNode empty = json();
        empty.putArray("image");
        assertThat(trials.edited(empty).sentImages()).hasSize(1);
        assertThat(trials.edited(json().putNull("image")).sentImages()).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "images":[{"file_id":"file-1"}]                            | images | images[].file_id is not supported
            "images":[{"file_id":"file-1","image_url":"URL"}]          | images | images[].file_id is not supported
            "images":[{"image_url":"URL"},{"file_id":"file-1"}]        | images | images[].file_id is not supported
            "images":[{"file_id":""}]                                  | images | images[].file_id is not supported
            "images":[{"image_url":"URL"}],"mask":{"file_id":"file-1"} | mask   | mask.file_id is not supported
            "image":["URL"],"mask":{"file_id":"file-1","image_url":"URL"} | mask | mask.file_id is not supported
            """)
    void filesByIdAreRefusedToTheLetter(String fields, String param, String message) {
        byte[] document = ("{\"prompt\":\"p\"," + fields.replace("URL", URL) + "}").getBytes(UTF_8);
        trials.told(message, trials.refused("application/json", document, "unknown_parameter", param, message));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "n":"1"                  | n                   | an integer, but got a string
            "n":1.5                  | n                   | an integer, but got a decimal number
            "n":true                 | n                   | an integer, but got a boolean
            "n":[1]                  | n                   | an integer, but got an array
            "n":{}                   | n                   | an integer, but got an object
            "prompt":7               | prompt              | a string, but got an integer
            "prompt":["p"]           | prompt              | a string, but got an array
            "prompt":true            | prompt              | a string, but got a boolean
            "size":1024              | size                | a string, but got an integer
            "stream":"true"          | stream              | a boolean, but got a string
            "stream":1               | stream              | a boolean, but got an integer
            "output_compression":"9" | output_compression  | an integer, but got a string
            "partial_images":{}      | partial_images      | an integer, but got an object
            "mask":["URL"]           | mask                | an object, but got an array
            "mask":7                 | mask                | an object, but got an integer
            "mask":{"image_url":7}   | mask.image_url      | a string, but got an integer
            """)
    void wrongTypesAreNamed(String field, String param, String message) {
        // the wrong field is first, so that it is read first
        String document = "{" + field.replace("URL", URL) + ",\"images\":[{\"image_url\":\"" + URL + "\"}]"
                + (param.equals("prompt") ? "" : ",\"prompt\":\"p\"") + "}";
        trials.refused("application/json", document.getBytes(UTF_8), "invalid_type", param,
                "Invalid type for '" + param + "': expected " + message + " instead.");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', textBlock = """
            "images":[7]                   | images[0]           | an object, but got an integer
            "images":[[{}]]                | images[0]           | an object, but got an array
            "images":7                     | images[0]           | an object, but got an integer
            "images":[{"image_url":7}]     | images[0].image_url | a string, but got an integer
            "image":[7]                    | image[0]            | a string, but got an integer
            "image":[["URL"]]              | image[0]            | a string, but got an array
            """)
    void wrongTypesOfImagesAreNamed(String field, String param, String message) {
        String document = "{\"prompt\":\"p\"," + field.replace("URL", URL) + "}";
        trials.refused("application/json", document.getBytes(UTF_8), "invalid_type", param,
                "Invalid type for '" + param + "': expected " + message + " instead.");
    }

    @Test
    void theBytesDecideWhatADataUrlIs() {
        byte[] jpeg = Pictures.in("jpeg");
        ObjectNode mislabelled = Trials.json().put("prompt", "p").put("size", "1024x640");
        mislabelled.putArray("images").addObject().put("image_url", Pictures.dataUrl("image/png", jpeg));
        assertThat(trials.edited(mislabelled).seen().parts("image")).singleElement().satisfies(image -> {
            assertThat(image.sha256()).isEqualTo(Trials.sha256(jpeg));
            assertThat(image.contentType()).contains("image/jpeg");
        });
        ObjectNode other = Trials.json().put("prompt", "p").put("size", "1024x640");
        other.putArray("images").addObject().put("image_url", Pictures.dataUrl("application/octet-stream", jpeg));
        assertThat(trials.edited(other).seen().parts("image")).singleElement()
                .satisfies(image -> assertThat(image.contentType()).contains("image/jpeg"));
        ObjectNode text = Trials.json().put("prompt", "p");
        text.putArray("images").addObject().put("image_url",
                Pictures.dataUrl("image/png", "no picture".getBytes(UTF_8)));
        trials.refused(text, "unsupported_file_mimetype", "images[0]", "'text/plain'");
    }

    @ParameterizedTest
    @CsvSource({"ftp://example.com/a.png", "file:///etc/passwd", "input.png", "javascript:alert(1)"})
    void otherAddressesThanHttpAndDataAreRefused(String url) {
        ObjectNode json = Trials.json().put("prompt", "p");
        json.putArray("images").addObject().put("image_url", url);
        trials.refused(json, "invalid_image_url", "images[0]", "expected an http, https or data: URL");
    }

    @Test
    void requiresUrlOfMask() {
        ObjectNode empty = json();
        empty.putObject("mask");
        trials.refused(empty, "missing_required_parameter", "mask",
                "The mask has no 'mask.image_url'. Send it as an http(s) URL or a data URL.");
    }
}
