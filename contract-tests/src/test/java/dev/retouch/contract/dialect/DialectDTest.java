package dev.retouch.contract.dialect;

import java.net.URI;
import java.util.Base64;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.dialect.Trials.Edited;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.journal.JournalEntry;

import static org.assertj.core.api.Assertions.assertThat;

/** Dialect D: gpt-image-1 from a form whose fields may be empty, answered with base64 and link. */
@ExtendWith({Gateways.class, Compatibility.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialectDTest {

    private static final byte[] INPUT = Pictures.opaque();
    private static final byte[] SECOND = Pictures.in("webp");
    private static final byte[] MASK = Pictures.withHole();
    /** As its sample sends it. */
    private static final String QUOTES = "\"\"";

    private final Trials trials;
    /** Its group is answered in both forms. */
    private final RunningGateway both;

    DialectDTest(RunningGateway gateway) {
        trials = new Trials(gateway);
        both = RunningGateway.start(Map.of("RETOUCH_SANDBOX_RETURN_BOTH_FORMS", "true"));
    }

    @AfterAll
    void stop() {
        both.close();
    }

    private static Form form() {
        return Trials.image(INPUT).text("prompt", "paint the wall green").text("model", "gpt-image-1");
    }

    private static Form masked(byte[] mask) {
        return form().file("mask", "mask.png", "image/png", mask);
    }

    @Test
    @CoversRule({"D endpoint", "D type", "D content-type", "D model", "D created", "D data", "D base64", "D usage"})
    void anEdit() {
        Edited edited = trials.edited(form());
        assertThat(edited.reply().header("content-type").orElse("")).startsWith("application/json");
        assertThat(edited.sent("model")).contains("gpt-image-1");
        Trials.assertJustNow(edited.answer("/created"));
        assertThat(edited.answer("/data").isArray()).isTrue();
        assertThat(edited.answer("/data/0/b64_json").isTextual()).isTrue();
        assertThat(edited.size()).isEqualTo("1024x1024");
        Trials.assertUsage(edited.answer("/usage"));
    }

    @Test
    @CoversRule("D key")
    void aKeyIsNeeded() {
        trials.needsAKey(form());
    }

    @Test
    @CoversRule("D prompt")
    void aPromptIsRequired() {
        trials.refused(Trials.image(INPUT).text("model", "gpt-image-1"), "missing_required_parameter", "prompt",
                "'prompt'");
    }

    @Test
    @CoversRule("D image")
    void oneImageOrSeveral() {
        assertThat(trials.edited(form()).sentImages()).containsExactly(Trials.sha256(INPUT));
        assertThat(trials.edited(form().file("image", "b.webp", "image/webp", SECOND)).sentImages())
                .containsExactly(Trials.sha256(INPUT), Trials.sha256(SECOND));
        trials.refused(Form.empty().text("prompt", "p").text("model", "gpt-image-1"), "missing_required_parameter",
                "image", "image file is required");
    }

    @Test
    @CoversRule("D mask")
    void onlyWhereTheMaskIsTransparentThePictureChanges() {
        byte[] image = Pictures.opaque(1024, 1024);
        byte[] mask = Pictures.withHole(1024, 1024);
        Form edit = Trials.image(image).text("prompt", "p").text("model", "gpt-image-1").text("size", "1024x1024")
                .file("mask", "mask.png", "image/png", mask);
        Pixels.assertChangedOnlyWhereTransparent(image, mask, trials.edited(edit).picture());
        assertThat(trials.edited(form()).seen().parts("mask")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"jpeg", "webp"})
    @CoversRule("D mask-png")
    void aMaskIsAPng(String format) {
        trials.refused(masked(Pictures.in(format)), "invalid_mask_image_format", "mask",
                "expected a png with an alpha channel, but got image/" + format);
    }

    @ParameterizedTest
    @ValueSource(ints = {4_000_000, Pictures.FOUR_MEGABYTES - 1})
    @CoversRule("D mask-bytes")
    void aMaskOfFourMegabytes(int bytes) {
        assertThat(trials.edited(masked(Pictures.padded(MASK, bytes))).seen().parts("mask")).singleElement()
                .satisfies(mask -> assertThat(mask.size()).isEqualTo(bytes));
    }

    @Test
    @CoversRule("D mask-bytes")
    void aLargerMaskIsRefused() {
        trials.refused(masked(Pictures.padded(MASK, Pictures.FOUR_MEGABYTES)), "image_file_too_large", "mask",
                "fewer than 4194304 bytes");
    }

    @Test
    @CoversRule("D mask-dimensions")
    void aMaskIsAsLargeAsTheImage() {
        trials.refused(masked(Pictures.withHole(64, 65)), "invalid_mask_image_format", "mask",
                "it is 64x65 pixels, but the first image is 64x64");
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 3, 10})
    @CoversRule("D n")
    void numbersAreText(int n) {
        Edited edited = trials.edited(form().text("output_format", "jpeg").text("n", String.valueOf(n)));
        assertThat(edited.answer("/data")).hasSize(n);
        assertThat(edited.sent("n")).contains(String.valueOf(n));
    }

    @ParameterizedTest
    @CsvSource({"0,integer_below_min_value", "11,integer_above_max_value", "1.0,invalid_type", "three,invalid_type"})
    @CoversRule("D n")
    void otherNumbersAreRefused(String n, String code) {
        trials.refused(form().text("n", n), code, "n", n);
    }

    @ParameterizedTest
    @ValueSource(strings = {"high", "medium", "low"})
    @CoversRule("D quality")
    void qualities(String quality) {
        Edited edited = trials.edited(form().text("quality", quality));
        assertThat(edited.sent("quality")).contains(quality);
        assertThat(edited.answer("/quality").asText()).isEqualTo(quality);
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard", "hd", "ultra", "HIGH"})
    @CoversRule("D quality")
    void otherQualitiesAreRefused(String quality) {
        trials.refused(form().text("quality", quality), "invalid_value", "quality",
                "'" + quality + "'. Supported values are: 'auto', 'low', 'medium', and 'high'.");
    }

    @Test
    @CoversRule("D quality-default")
    void highQualityIfNothingIsSaid() {
        Edited edited = trials.edited(form());
        assertThat(edited.sent("quality")).isEmpty();
        assertThat(edited.answer("/quality").asText()).isEqualTo("high");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1024x1024", "1536x1024", "1024x1536"})
    @CoversRule("D size")
    void sizes(String size) {
        assertThat(trials.edited(form().text("size", size)).size()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"512x512", "1024", "1024*1024", "square"})
    @CoversRule("D size")
    void otherSizesAreRefused(String size) {
        trials.refused(form().text("size", size), "invalid_value", "size", "Invalid value: '" + size + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", QUOTES})
    @CoversRule("D empty-values")
    void anEmptyValueIsNotGiven(String empty) {
        Edited edited = trials.edited(Trials.image(INPUT).text("prompt", "paint the wall green").text("model", empty)
                .file("mask", "", "application/octet-stream", new byte[0]).text("n", empty).text("quality", empty)
                .text("size", empty).text("user", empty).text("response_format", empty).text("stream", empty));
        assertThat(edited.sent("model")).contains("gpt-image-2");
        assertThat(edited.seen().form()).extracting(JournalEntry.Part::name).containsOnly("model", "prompt", "image");
        assertThat(edited.answer("/data")).hasSize(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"n", "quality", "size", "model"})
    @CoversRule("D empty-values")
    void oneEmptyValueLeavesTheOthersAlone(String field) {
        Form edit = Trials.image(INPUT).text("prompt", "p").text("user", "user-1234").text(field, QUOTES);
        assertThat(trials.edited(edit).sent("user")).contains("user-1234");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", QUOTES})
    @CoversRule({"D empty-values", "D prompt", "D image"})
    void requiredFieldsMayNotBeEmpty(String empty) {
        trials.refused(Trials.image(INPUT).text("prompt", empty), "missing_required_parameter", "prompt", "'prompt'");
        trials.refused(Form.empty().text("model", empty).text("prompt", empty)
                .file("image", "", "application/octet-stream", new byte[0])
                .file("mask", "", "application/octet-stream", new byte[0]).text("n", empty).text("quality", empty)
                .text("size", empty), "missing_required_parameter", "image", "image file is required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "url", "b64_json"})
    @CoversRule({"D both", "D base64"})
    void base64AndLink(String format) {
        Edited edited = new Trials(both).edited(form().text("n", "2").text("response_format", format));
        assertThat(edited.answer("/data")).hasSize(2);
        for (JsonNode image : edited.answer("/data")) {
            assertThat(image.fieldNames()).toIterable().containsExactlyInAnyOrder("url", "b64_json");
            assertThat(Endpoint.fetch(URI.create(image.path("url").asText())).body())
                    .isEqualTo(Base64.getDecoder().decode(image.path("b64_json").asText()));
        }
    }

    @Test
    @CoversRule("D usage")
    void outputTokenDetailsMayBeMissing() {
        Edited edited = trials.answered(form(),
                """
                        {"created":1748231162,"data":[{"b64_json":"%s"}],"usage":{"input_tokens":95,
                         "input_tokens_details":{"image_tokens":0,"text_tokens":95},"output_tokens":4160,
                         "total_tokens":4255}}"""
                        .formatted(Pictures.base64(INPUT)));
        Trials.assertUsage(edited.answer("/usage"));
        assertThat(edited.answer("/usage").has("output_tokens_details")).isFalse();
        assertThat(edited.answer("/usage/total_tokens").asInt()).isEqualTo(4255);
    }
}
