package dev.retouch.contract.dialect;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.dialect.Trials.Edited;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LongLivedGateway;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Dialect C: inpainting with dall-e-2. */
@ExtendWith({Gateways.class, Compatibility.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialectCTest {

    private static final byte[] HOLE = Pictures.withHole();
    private static final byte[] OPAQUE = Pictures.opaque();

    private final Endpoint endpoint;
    private final Trials trials;

    DialectCTest(RunningGateway gateway) {
        endpoint = gateway.endpoint();
        trials = new Trials(gateway);
    }

    private static Form of(byte[] image) {
        return Trials.image(image).text("prompt", "a bowl of oranges").text("model", "dall-e-2");
    }

    /** Small, and so a matter of milliseconds. */
    private static Form small() {
        return of(HOLE).text("size", "256x256");
    }

    private static Form masked(byte[] mask) {
        return of(OPAQUE).text("size", "256x256").file("mask", "mask.png", "image/png", mask);
    }

    @Test
    @CoversRule("C endpoint")
    void aFormIsAnEdit() {
        assertThat(trials.edited(small()).size()).isEqualTo("256x256");
    }

    @Test
    @CoversRule("C key")
    void aKeyIsNeeded() {
        trials.needsAKey(small());
    }

    @Test
    @CoversRule("C type")
    void theTypeIsRequired() {
        trials.edited(small());
        trials.refused("image/png", HOLE, "unsupported_media_type", "", "Send multipart/form-data");
        long status = endpoint.editWithoutType(java.net.http.HttpRequest.BodyPublishers.ofByteArray(small().bytes()))
                .status();
        assertThat(status).isEqualTo(415);
    }

    @Test
    @CoversRule("C image")
    void anImageIsRequired() {
        trials.refused(Form.empty().text("prompt", "p").text("model", "dall-e-2"), "missing_required_parameter",
                "image", "image file is required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "webp"})
    @CoversRule("C image-png")
    void onlyAPng(String format) {
        trials.refused(of(Pictures.in(format)), "unsupported_file_mimetype", "image",
                "'image/" + format + "'). Supported file formats are png.");
    }

    @Test
    @CoversRule("C image-png")
    void aValidPng() {
        trials.refused(of(Arrays.copyOf(HOLE, 20)), "invalid_image_file", "image", "Invalid image file 'image'");
        trials.refused(of("a picture of a bowl".getBytes(StandardCharsets.UTF_8)), "unsupported_file_mimetype",
                "image", "unsupported mimetype");
    }

    @Test
    @CoversRule("C image-bytes")
    void lessThanFourMegabytes() {
        trials.edited(of(Pictures.padded(HOLE, Pictures.FOUR_MEGABYTES - 1)).text("size", "256x256"));
        trials.refused(of(Pictures.padded(HOLE, Pictures.FOUR_MEGABYTES)), "image_file_too_large", "image",
                "fewer than 4194304 bytes");
    }

    @Test
    @CoversRule("C image-square")
    void aSquare() {
        trials.refused(of(Pictures.withHole(64, 48)), "invalid_image_file", "image",
                "expected a square image, but got 64x48");
        trials.refused(of(Pictures.withHole(48, 64)), "invalid_image_file", "image",
                "expected a square image, but got 48x64");
    }

    @Test
    @CoversRule("C image-is-mask")
    void itsOwnTransparentAreaIsTheMask() {
        byte[] image = Pictures.withHole(256, 256);
        Pixels.assertChangedOnlyWhereTransparent(image, image,
                trials.edited(of(image).text("size", "256x256")).picture());
    }

    @Test
    @CoversRule("C image-is-mask")
    void withoutAnyTransparentAreaNothingCouldChange() {
        String message = "there is none, and the image has no fully transparent pixel";
        trials.refused(of(OPAQUE), "invalid_mask_image_format", "mask", message);
        trials.refused(of(Pictures.solid()), "invalid_mask_image_format", "mask", message);
    }

    @Test
    @CoversRule("C prompt")
    void aPromptIsRequired() {
        trials.refused(Trials.image(HOLE).text("model", "dall-e-2"), "missing_required_parameter", "prompt",
                "'prompt'");
    }

    /** Its page names no limit; this is OpenAI's for the model. */
    @ParameterizedTest
    @ValueSource(strings = {"p", "ñ", "玫", "🌹"})
    void aPromptHasAThousandCharactersAtMost(String character) {
        Form edit = Trials.image(HOLE).text("model", "dall-e-2").text("size", "256x256");
        assertThat(trials.edited(edit.text("prompt", character.repeat(1000))).sent("prompt"))
                .contains(character.repeat(1000));
        trials.refused(edit.text("prompt", character.repeat(1001)), "string_above_max_length", "prompt",
                "maximum length 1000, but got a string with length 1001");
    }

    @ParameterizedTest
    @ValueSource(strings = {"dall-e-2", "gpt-image-1"})
    @CoversRule("C model")
    void modelsAreThoseOfTheList(String model) {
        assertThat(endpoint.get("/v1/models").json().path("data").findValuesAsText("id")).contains(model);
        assertThat(endpoint.get("/v1/models/" + model).json().path("id").asText()).isEqualTo(model);
        Edited edited = trials.edited(Trials.image(HOLE).text("prompt", "p").text("model", model)
                .text("size", "1024x1024").text("response_format", "b64_json"));
        assertThat(edited.sent("model")).contains(model);
    }

    @Test
    @CoversRule("C model")
    void everyModelOfTheListEdits() {
        for (String model : endpoint.get("/v1/models").json().path("data").findValuesAsText("id")) {
            assertThat(trials.edited(Trials.image(HOLE).text("prompt", "p").text("model", model)).sent("model"))
                    .contains(model);
        }
        trials.refused(Trials.image(HOLE).text("prompt", "p").text("model", "dall-e-0"), "model_not_found", "model",
                "`dall-e-0` does not exist");
    }

    @Test
    @CoversRule("C mask")
    void onlyWhereTheMaskIsTransparentThePictureChanges() {
        byte[] image = Pictures.opaque(256, 256);
        byte[] mask = Pictures.withHole(256, 256);
        Form edit = of(image).text("size", "256x256").file("mask", "mask.png", "image/png", mask);
        Pixels.assertChangedOnlyWhereTransparent(image, mask, trials.edited(edit).picture());
    }

    @Test
    @CoversRule("C mask")
    void aMaskWithoutATransparentAreaIsRefused() {
        trials.refused(masked(Pictures.solid()), "invalid_mask_image_format", "mask", "no fully transparent pixel");
        trials.refused(masked(OPAQUE), "invalid_mask_image_format", "mask", "no alpha channel");
    }

    @Test
    @CoversRule("C mask-png")
    void aMaskIsAValidPng() {
        trials.refused(masked(Pictures.in("jpeg")), "invalid_mask_image_format", "mask", "got image/jpeg");
        trials.refused(masked(Pictures.in("webp")), "invalid_mask_image_format", "mask", "got image/webp");
        trials.refused(masked(Arrays.copyOf(HOLE, 20)), "invalid_mask_image_format", "mask", "Invalid mask image");
        // this image is truncated after its first transparent pixel, which only a full decode detects
        Form brokenOff = masked(Arrays.copyOf(HOLE, HOLE.length / 2));
        assertThat(endpoint.edit(brokenOff).error().path("code").asText()).isEqualTo("invalid_mask_image_format");
    }

    @Test
    @CoversRule("C mask-bytes")
    void aMaskHasLessThanFourMegabytes() {
        trials.edited(masked(Pictures.padded(HOLE, Pictures.FOUR_MEGABYTES - 1)));
        trials.refused(masked(Pictures.padded(HOLE, Pictures.FOUR_MEGABYTES)), "image_file_too_large", "mask",
                "fewer than 4194304 bytes");
    }

    @Test
    @CoversRule("C mask-dimensions")
    void aMaskIsAsLargeAsTheImage() {
        trials.refused(masked(Pictures.withHole(32, 32)), "invalid_mask_image_format", "mask",
                "it is 32x32 pixels, but the first image is 64x64");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    @CoversRule("C n")
    void numbersOfPictures(int n) {
        assertThat(trials.edited(small().text("n", String.valueOf(n))).answer("/data")).hasSize(n);
    }

    @ParameterizedTest
    @CsvSource({"0,integer_below_min_value", "-1,integer_below_min_value", "11,integer_above_max_value"})
    @CoversRule("C n")
    void otherNumbersAreRefused(String n, String code) {
        trials.refused(small().text("n", n), code, "n", "but got " + n + " instead");
    }

    @Test
    @CoversRule("C n-default")
    void onePictureIfNothingIsSaid() {
        Edited edited = trials.edited(small());
        assertThat(edited.answer("/data")).hasSize(1);
        assertThat(edited.sent("n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"256x256", "512x512", "1024x1024"})
    @CoversRule("C size")
    void sizes(String size) {
        assertThat(trials.edited(of(HOLE).text("size", size)).size()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "1536x1024", "128x128", "256X256", "256"})
    @CoversRule("C size")
    void otherSizesAreRefused(String size) {
        trials.refused(of(HOLE).text("size", size), "invalid_value", "size",
                "Supported values are: '256x256', '512x512', and '1024x1024'.");
    }

    @Test
    @CoversRule("C size-default")
    void aThousandPixelsIfNothingIsSaid() {
        assertThat(trials.edited(of(HOLE)).size()).isEqualTo("1024x1024");
    }

    @ParameterizedTest
    @ValueSource(strings = {"url", "b64_json"})
    @CoversRule({"C response_format", "C data"})
    void linksOrBase64(String format) {
        JsonNode data = trials.edited(small().text("response_format", format).text("n", "2")).answer("/data");
        assertThat(data).hasSize(2).allSatisfy(image -> assertThat(image.fieldNames()).toIterable()
                .containsExactly(format));
    }

    @Test
    @CoversRule("C response_format")
    void otherResponseFormatsAreRefused() {
        trials.refused(small().text("response_format", "png"), "invalid_value", "response_format",
                "'url' and 'b64_json'");
    }

    @Test
    @CoversRule({"C response_format-default", "C data"})
    void aLinkIfNothingIsSaid() {
        Edited edited = trials.edited(small());
        assertThat(edited.answer("/data/0").fieldNames()).toIterable().containsExactly("url");
        assertThat(edited.sent("response_format")).as("the gateway hosts by itself").contains("b64_json");
        assertThat(edited.size()).isEqualTo("256x256");
    }

    @Test
    @CoversRule("C link-hour")
    void aLinkWorksForAnHour(@TempDir Path folder) {
        try (LongLivedGateway gateway = LongLivedGateway.on(folder)) {
            Edited edited = new Trials(gateway.endpoint(), gateway.sandbox()).edited(small());
            URI link = URI.create(edited.answer("/data/0/url").asText());
            assertThat(link.getQuery()).contains("expires=" + gateway.now().plus(Duration.ofHours(1)).getEpochSecond());
            gateway.pass(Duration.ofMinutes(59));
            assertThat(Endpoint.fetch(link).status()).isEqualTo(200);
            gateway.pass(Duration.ofMinutes(2));
            assertThat(Endpoint.fetch(link).status()).isEqualTo(404);
        }
    }

    @Test
    @CoversRule("C user")
    void theUserIsPassedOn() {
        assertThat(trials.edited(small().text("user", "user-1234")).sent("user")).contains("user-1234");
        assertThat(trials.edited(small()).sent("user")).isEmpty();
    }

    @Test
    @CoversRule("C created")
    void theAnswerSaysWhen() {
        Trials.assertJustNow(trials.edited(small()).answer("/created"));
    }
}
