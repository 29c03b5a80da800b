package dev.retouch.mock;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.util.Arrays;
import java.util.Base64;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.mock.Caller.Reply;

import static org.assertj.core.api.Assertions.assertThat;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
class StrictnessTest {

    private final MockUpstream mock = MockUpstream.start();
    private final Caller caller = new Caller(mock);
    private final byte[] png = png(64, 64);

    @AfterAll
    void stop() {
        caller.close();
        mock.close();
    }

    private static byte[] png(int width, int height) {
        try {
            return TestImages.photoPng(width, height);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static void assertRefused(Reply reply, String code, String param) {
        assertThat(reply.status()).as(() -> reply.json().toString()).isEqualTo(400);
        assertThat(reply.code()).isEqualTo(code);
        assertThat(reply.param()).isEqualTo(param);
        assertThat(reply.message()).isNotBlank();
        assertThat(reply.json().at("/error/type").asText()).isIn("invalid_request_error",
                "image_generation_user_error");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            gpt-image-2         | foo                | 1          | unknown_parameter
            gpt-image-2         | image[0]           | x          | unknown_parameter
            gpt-image-2         | response_format    | url        | unknown_parameter
            gpt-image-2         | input_fidelity     | high       | unknown_parameter
            gpt-image-1-mini    | input_fidelity     | low        | unknown_parameter
            gpt-image-2.5-flare | input_fidelity     | high       | unknown_parameter
            chatgpt-image-latest| input_fidelity     | high       | unknown_parameter
            gpt-image-1         | input_fidelity     | medium     | invalid_value
            dall-e-2            | background         | opaque     | unknown_parameter
            dall-e-2            | output_format      | png        | unknown_parameter
            dall-e-2            | output_compression | 10         | unknown_parameter
            dall-e-2            | moderation         | low        | unknown_parameter
            dall-e-2            | stream             | true       | unknown_parameter
            dall-e-2            | partial_images     | 1          | unknown_parameter
            dall-e-2            | input_fidelity     | high       | unknown_parameter
            dall-e-2            | size               | 1536x1024  | invalid_value
            dall-e-2            | size               | auto       | invalid_value
            dall-e-2            | response_format    | base64     | invalid_value
            dall-e-2            | quality            | xhigh      | invalid_value
            gpt-image-1         | size               | 300x300    | invalid_value
            gpt-image-1         | size               | 1280x768   | invalid_value
            gpt-image-2         | size               | 300x300    | invalid_value
            gpt-image-2         | size               | 3856x1600  | invalid_value
            gpt-image-2         | size               | 3200x1024  | invalid_value
            gpt-image-2         | size               | 800x800    | invalid_value
            gpt-image-2         | size               | 3840x2176  | invalid_value
            gpt-image-2         | size               | big        | invalid_value
            gpt-image-2         | size               | ''         | invalid_value
            gpt-image-2         | quality            | standard   | invalid_value
            gpt-image-2         | quality            | xhigh      | invalid_value
            gpt-image-2         | n                  | 0          | integer_below_min_value
            gpt-image-2         | n                  | 11         | integer_above_max_value
            gpt-image-2         | n                  | two        | invalid_type
            gpt-image-2         | n                  | ''         | invalid_type
            gpt-image-2         | partial_images     | 4          | integer_above_max_value
            gpt-image-2         | output_compression | 101        | integer_above_max_value
            gpt-image-2         | output_compression | 50         | invalid_value
            gpt-image-2         | output_format      | gif        | invalid_value
            gpt-image-2         | background         | blue       | invalid_value
            gpt-image-2         | moderation         | high       | invalid_value
            gpt-image-2         | stream             | yes        | invalid_type
            gpt-image-2         | prompt             | twice      | duplicate_parameter
            """)
    void aParameterIsRefusedByName(String model, String name, String value, String code) throws Exception {
        assertRefused(caller.edit(Form.edit(png).field("model", model).field(name, value)), code, name);
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1", "gpt-image-1-mini", "gpt-image-1.5", "gpt-image-2", "gpt-image-2-2026-04-21",
            "gpt-image-2.5-sunburst", "gpt-image-2.5-sunburst-2026-09-08", "gpt-image-2.5-flare",
            "gpt-image-2.5-flare-2026-09-08", "chatgpt-image-latest"})
    void everyGptModelIsServed(String model) throws Exception {
        assertThat(caller.edit(Form.edit(png).field("model", model).field("quality", "low")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1, input_fidelity, high", "gpt-image-1.5, input_fidelity, low",
            "gpt-image-2.5-flare, quality, max", "gpt-image-2, user, someone", "gpt-image-2, moderation, low",
            "gpt-image-2, output_compression, 100", "gpt-image-2, size, 1024x640"})
    void whatAModelTakesIsAccepted(String model, String name, String value) throws Exception {
        assertThat(caller.edit(Form.edit(png).field("model", model).field(name, value)).status()).isEqualTo(200);
    }

    @Test
    void messagesAreThoseClientsKnow() throws Exception {
        assertThat(caller.edit(Form.edit(png).field("n", "11")).message()).isEqualTo(
                "Invalid 'n': integer above maximum value. Expected a value <= 10, but got 11 instead.");
        assertThat(caller.edit(new Form().file("image", "a", "image/png", png)).message())
                .isEqualTo("Missing required parameter: 'prompt'.");
        assertThat(caller.edit(Form.edit(png).field("model", "gpt-image-1").field("size", "300x300")).message())
                .isEqualTo("Invalid value: '300x300'. Supported values are: 'auto', '1024x1024', '1536x1024', "
                        + "'1024x1536'.");
        assertThat(caller.edit(Form.edit(png).field("foo", "1")).message()).isEqualTo("Unknown parameter: 'foo'.");
    }

    @Test
    void aRepeatedImageIsRefused() throws Exception {
        assertRefused(caller.edit(Form.edit(png).file("image", "b.png", "image/png", png)), "duplicate_parameter",
                "image");
    }

    @Test
    void imageAndImageListTogetherAreRefused() throws Exception {
        assertRefused(caller.edit(Form.edit(png).file("image[]", "b.png", "image/png", png)),
                "mutually_exclusive_parameters", "image");
    }

    @Test
    void anImageSentAsTextIsRefused() throws Exception {
        assertRefused(caller.edit(new Form().field("prompt", "x").field("image[]", "string")), "invalid_type",
                "image[0]");
    }

    @Test
    void sixteenImagesAreTakenAndSeventeenAreNot() throws Exception {
        Form form = new Form().field("prompt", "many");
        for (int i = 0; i < 16; i++) {
            form.file("image[]", i + ".png", "application/octet-stream", png);
        }
        Form more = new Form().field("prompt", "many");
        for (int i = 0; i < 17; i++) {
            more.file("image[]", i + ".png", "image/png", png);
        }

        assertThat(caller.edit(form).status()).isEqualTo(200);
        assertRefused(caller.edit(more), "array_above_max_length", "image");
    }

    @Test
    void thePromptIsCountedInCodePoints() throws Exception {
        byte[] hole = TestImages.encode(TestImages.photoWithHole(64), "png");
        Form fits = new Form().field("model", "dall-e-2").field("prompt", "🌹".repeat(1000)).file("image", "a",
                "image/png", hole);
        Form tooLong = new Form().field("model", "dall-e-2").field("prompt", "🌹".repeat(1001)).file("image", "a",
                "image/png", hole);

        assertThat(caller.edit(fits).status()).isEqualTo(200);
        assertRefused(caller.edit(tooLong), "string_above_max_length", "prompt");
    }

    @Test
    void imagesAreJudgedByTheirBytes() throws Exception {
        assertRefused(caller.edit(Form.edit("GIF89a, or so it says".getBytes(java.nio.charset.StandardCharsets.UTF_8))),
                "unsupported_file_mimetype", "image");
        assertRefused(caller.edit(Form.edit(new byte[0])), "empty_image_file", "image");
        assertRefused(caller.edit(Form.edit(Arrays.copyOf(png, png.length / 2))), "invalid_image_file", "image");
        assertRefused(caller.edit(Form.edit(Arrays.copyOf(png, 20))), "invalid_image_file", "image");
    }

    @Test
    void dallE2TakesOneSquarePngBelowFourMegabytes() throws Exception {
        assertRefused(caller.edit(dallE2(png(64, 32))), "invalid_image_file", "image");
        assertRefused(caller.edit(dallE2(TestImages.encode(TestImages.photo(64, 64), "jpeg"))),
                "unsupported_file_mimetype", "image");
        assertRefused(caller.edit(dallE2(Arrays.copyOf(png, 4 * 1024 * 1024))), "image_file_too_large", "image");
        Form two = new Form().field("model", "dall-e-2").field("prompt", "x")
                .file("image[]", "a", "image/png", png).file("image[]", "b", "image/png", png);
        assertRefused(caller.edit(two), "array_above_max_length", "image");
    }

    @Test
    void dallE2WithoutAnyTransparencyHasNothingToEdit() throws Exception {
        assertRefused(caller.edit(dallE2(png)), "invalid_image_file", "image");
        byte[] opaqueAlpha = TestImages.encode(
                TestImages.image(64, 64, BufferedImage.TYPE_INT_ARGB, (_, _) -> 0xFF00FF00), "png");
        assertRefused(caller.edit(dallE2(opaqueAlpha)), "invalid_image_file", "image");
    }

    private static Form dallE2(byte[] image) {
        return Form.edit(image).field("model", "dall-e-2");
    }

    @Test
    void aMaskMustFit() throws Exception {
        String code = "invalid_mask_image_format";
        assertRefused(caller.edit(Form.edit(png).mask(TestImages.maskPng(32, 64))), code, "mask");
        assertRefused(caller.edit(Form.edit(png).mask(png)), code, "mask");
        assertRefused(caller.edit(Form.edit(png).mask(TestImages.encode(TestImages.photo(64, 64), "jpeg"))), code,
                "mask");
        assertRefused(caller.edit(Form.edit(png).mask(new byte[4 * 1024 * 1024])), "image_file_too_large", "mask");
        assertRefused(caller.edit(Form.edit(png).mask(new byte[0])), "empty_image_file", "mask");
    }

    @Test
    void transparencyNeedsAFormatThatHasIt() throws Exception {
        assertRefused(caller.edit(Form.edit(png).field("background", "transparent").field("output_format", "jpeg")),
                "invalid_value", "background");
    }

    @Test
    void anUnknownModelDoesNotExist() throws Exception {
        Reply reply = caller.edit(Form.edit(png).field("model", "gpt-image-9"));

        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.code()).isEqualTo("model_not_found");
        assertThat(reply.message()).isEqualTo("The model `gpt-image-9` does not exist");
    }

    @Test
    void jsonEditsTakeDataUrls() throws Exception {
        Reply reply = caller.postJson("/v1/images/edits",
                """
                        {"prompt":"a rose","n":2,"images":[{"image_url":"%s"},{"image_url":"%s"}],"mask":{"image_url":"%s"}}
                        """
                        .formatted(dataUrl(png), dataUrl(png), dataUrl(TestImages.maskPng(64, 64))));

        assertThat(reply.status()).as(() -> reply.json().toString()).isEqualTo(200);
        assertThat(reply.json().path("data")).hasSize(2);
    }

    private static String dataUrl(byte[] png) {
        return "data:image/png;base64," + Base64.getEncoder().encodeToString(png);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"prompt":"x"}                                                          | missing_required_parameter | images
            {"images":[{"image_url":"https://example.com/a.png"}],"prompt":"x"}     | failed_to_download_image   | images[0].image_url
            {"images":[{"image_url":"ftp://a"}],"prompt":"x"}                       | invalid_image_url          | images[0].image_url
            {"images":[{"image_url":"data:image/png;base64,@@@"}],"prompt":"x"}     | invalid_base64_image       | images[0].image_url
            {"images":[{"file_id":"f"}],"prompt":"x"}                               | invalid_value              | images[0]
            {"images":[{}],"prompt":"x"}                                            | missing_required_parameter | images[0].image_url
            {"images":[{"url":"x"}],"prompt":"x"}                                   | unknown_parameter          | images[0].url
            {"images":"x","prompt":"x"}                                             | invalid_type               | images
            {"image":"x","prompt":"x"}                                              | unknown_parameter          | image
            {"mask":{"file_id":"f"},"prompt":"x"}                                   | invalid_value              | mask
            {"prompt":"x","n":"2"}                                                  | missing_required_parameter | images
            {"prompt":7}                                                            | invalid_type               | prompt
            []                                                                      | invalid_type               | null
            """)
    void jsonIsAsStrict(String body, String code, String param) throws Exception {
        assertRefused(caller.postJson("/v1/images/edits", body), code, param);
    }

    @Test
    void jsonNumbersMustBeNumbers() throws Exception {
        assertRefused(caller.postJson("/v1/images/edits",
                "{\"prompt\":\"x\",\"n\":\"2\",\"images\":[{\"image_url\":\"" + dataUrl(png) + "\"}]}"), "invalid_type",
                "n");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "", "{\"a\":1}x", "{\"prompt\":\"x\",\"prompt\":\"y\"}", "nope"})
    void malformedJsonIsSaidSo(String body) throws Exception {
        assertThat(caller.postJson("/v1/images/edits", body).status()).isEqualTo(400);
    }

    @Test
    void keysAreRequired() throws Exception {
        Reply reply = caller.send(java.net.http.HttpRequest.newBuilder(mock.origin().resolve("/v1/models")).build());

        assertThat(reply.status()).isEqualTo(401);
        assertThat(reply.code()).isEqualTo("invalid_api_key");
        assertThat(reply.message()).contains("Authorization: Bearer");
    }

    @Test
    void aConfiguredKeyIsTheOnlyOne() throws Exception {
        try (MockUpstream locked = MockUpstream.start(MockOptions.defaults().withKey("sk-right"));
                Caller stranger = new Caller(locked)) {
            assertThat(stranger.edit(Form.edit(png)).code()).isEqualTo("invalid_api_key");
            assertThat(stranger.send(java.net.http.HttpRequest.newBuilder(locked.origin().resolve("/v1/models"))
                    .header("authorization", "bearer sk-right").build()).status()).isEqualTo(200);
        }
    }
}
