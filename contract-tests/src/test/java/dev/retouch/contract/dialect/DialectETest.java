package dev.retouch.contract.dialect;

import java.util.ArrayList;
import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.dialect.Trials.Edited;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.PictureSite;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Dialect E: JSON with the images in an array of strings. */
@ExtendWith({Gateways.class, Compatibility.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialectETest {

    private static final byte[] INPUT = Pictures.opaque();
    private static final byte[] SECOND = Pictures.in("jpeg");
    private static final String URL = Pictures.dataUrl("image/png", INPUT);

    private final Trials trials;

    DialectETest(RunningGateway gateway) {
        trials = new Trials(gateway);
    }

    private static ObjectNode json(String... images) {
        ObjectNode json = Trials.json().put("model", "gpt-image-1.5").put("prompt", "make it evening");
        List.of(images).forEach(json.putArray("image")::add);
        return json;
    }

    private static Form form() {
        return Form.empty().text("model", "gpt-image-1.5").text("prompt", "make it evening");
    }

    @Test
    @CoversRule({"E endpoint", "E type", "E sample", "E data", "E created", "E usage"})
    void aDocumentWithAllFields() {
        Edited edited = trials.edited(Trials.json().put("model", "gpt-image-1").put("prompt", "make it evening")
                .put("quality", "low").put("n", 2).put("size", "1536x1024")
                .set("image", Trials.json().arrayNode().add(URL)));
        assertThat(edited.answer("/data")).hasSize(2)
                .allSatisfy(image -> assertThat(image.path("b64_json").isTextual()).isTrue());
        Trials.assertJustNow(edited.answer("/created"));
        Trials.assertUsage(edited.answer("/usage"));
        assertThat(edited.seen().header("content-type").orElse("")).startsWith("multipart/form-data");
        assertThat(edited.sent("quality")).contains("low");
        assertThat(edited.sent("n")).contains("2");
        assertThat(edited.sent("size")).contains("1536x1024");
    }

    @Test
    @CoversRule("E type")
    void jsonIsDistinguishedFromOtherTypes() {
        byte[] document = json(URL).toString().getBytes(java.nio.charset.StandardCharsets.UTF_8);
        trials.refused("text/plain", document, "unsupported_media_type", "", "or application/json");
        trials.refused("application/json", "no json".getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "malformed_body", "", "The JSON body could not be read");
    }

    @Test
    @CoversRule("E key")
    void aKeyIsNeeded() {
        trials.needsAKey(form().file("image", "a.png", "image/png", INPUT));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-image-1", "gpt-image-1.5"})
    @CoversRule({"E model", "E usage"})
    void models(String model) {
        Edited edited = trials.edited(json(URL).put("model", model));
        assertThat(edited.sent("model")).contains(model);
        Trials.assertUsage(edited.answer("/usage"));
    }

    @Test
    @CoversRule("E model")
    void otherModelsAreRefused() {
        trials.refused(json(URL).put("model", "gpt-image-0"), "model_not_found", "model", "`gpt-image-0`");
    }

    @Test
    @CoversRule("E image")
    void urlsDataUrlsAndBase64() {
        try (PictureSite site = new PictureSite(); RunningGateway gateway = RunningGateway.start(site.settings())) {
            byte[] third = Pictures.in("webp");
            Edited edited = new Trials(gateway)
                    .edited(json(site.with("a.jpg", SECOND), URL, Pictures.base64(third)));
            assertThat(edited.sentImages()).containsExactly(Trials.sha256(SECOND), Trials.sha256(INPUT),
                    Trials.sha256(third));
        }
    }

    @Test
    @CoversRule("E image")
    void oneStringIsAListOfOne() {
        assertThat(trials.edited(json().put("image", URL)).sentImages()).containsExactly(Trials.sha256(INPUT));
    }

    @Test
    @CoversRule("E image")
    void anImageIsRequired() {
        String message = "images[].image_url is required";
        trials.refused(json(), "missing_required_parameter", "images", message);
        trials.refused(json().putNull("image"), "missing_required_parameter", "images", message);
        trials.refused(Trials.json().put("prompt", "p"), "missing_required_parameter", "images", message);
        trials.refused(json(""), "invalid_value", "image[0]", "empty string");
        trials.refused(json(URL, "no base64!"), "invalid_base64_image", "image[1]", "Invalid base64");
    }

    @ParameterizedTest
    @ValueSource(strings = {"image", "image[]"})
    @CoversRule("E image-form")
    void theSameAsAForm(String name) {
        Edited edited = trials.edited(form().text("quality", "low").text("n", "2").text("size", "1024x1536")
                .file(name, "a.png", "image/png", INPUT).file(name, "b.jpg", "image/jpeg", SECOND));
        assertThat(edited.sentImages()).containsExactly(Trials.sha256(INPUT), Trials.sha256(SECOND));
        assertThat(edited.answer("/data")).hasSize(2);
        assertThat(edited.sent("size")).contains("1024x1536");
        trials.refused(form(), "missing_required_parameter", "image", "image file is required");
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "webp", "jpeg"})
    @CoversRule("E image-formats")
    void formats(String format) {
        byte[] image = Pictures.in(format);
        assertThat(trials.edited(json(Pictures.dataUrl("image/" + format, image))).sentImages())
                .containsExactly(Trials.sha256(image));
        Edited form = trials.edited(form().bareFile("image", image));
        assertThat(form.seen().parts("image")).singleElement()
                .satisfies(part -> assertThat(part.contentType()).contains("image/" + format));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gif", "bmp"})
    @CoversRule("E image-formats")
    void otherFormatsAreRefused(String format) {
        byte[] image = Pictures.in(format);
        trials.refused(json(URL, Pictures.base64(image)), "unsupported_file_mimetype", "image[1]",
                "Supported file formats are png, jpeg, webp.");
        trials.refused(form().file("image", "a.png", "image/png", image), "unsupported_file_mimetype", "image",
                "Supported file formats are png, jpeg, webp.");
    }

    @Test
    @CoversRule("E image-bytes")
    void anImageIsUnderFiftyMegabytes() {
        byte[] just = Pictures.padded(INPUT, Pictures.FIFTY_MEGABYTES - 1);
        assertThat(trials.edited(form().file("image", "a.png", "image/png", just)).seen().parts("image"))
                .singleElement().satisfies(part -> assertThat(part.size()).isEqualTo(Pictures.FIFTY_MEGABYTES - 1));
        assertThat(trials.edited(json(Pictures.base64(just))).seen().parts("image")).singleElement()
                .satisfies(part -> assertThat(part.size()).isEqualTo(Pictures.FIFTY_MEGABYTES - 1));
    }

    @Test
    @CoversRule("E image-bytes")
    void anImageOfFiftyMegabytesIsRefused() {
        byte[] large = Pictures.padded(INPUT, Pictures.FIFTY_MEGABYTES);
        trials.refused(form().file("image", "a.png", "image/png", large), "image_file_too_large", "image",
                "Expected fewer than 52428800 bytes.");
        trials.refused(json(URL, Pictures.base64(large)), "image_file_too_large", "image[1]",
                "Expected fewer than 52428800 bytes.");
    }

    @Test
    @CoversRule("E image-count")
    void sixteenImages() {
        List<String> images = new ArrayList<>();
        Form form = form();
        for (int i = 0; i < 16; i++) {
            images.add(URL);
            form = form.file("image", "a.png", "image/png", INPUT);
        }
        assertThat(trials.edited(json(images.toArray(String[]::new))).sentImages()).hasSize(16);
        assertThat(trials.edited(form).sentImages()).hasSize(16);
        images.add(URL);
        String message = "maximum length 16, but got an array with length 17";
        trials.refused(json(images.toArray(String[]::new)), "array_above_max_length", "image", message);
        trials.refused(form.file("image", "a.png", "image/png", INPUT), "array_above_max_length", "image", message);
    }

    @Test
    @CoversRule("E prompt")
    void aPromptIsRequired() {
        ObjectNode without = json(URL);
        without.remove("prompt");
        trials.refused(without, "missing_required_parameter", "prompt", "'prompt'");
        trials.refused(json(URL).put("prompt", ""), "invalid_value", "prompt", "empty string");
    }

    /** One, two, three and four bytes, the last two chars of UTF-16 as well. */
    @ParameterizedTest
    @ValueSource(strings = {"p", "ñ", "玫", "🌹"})
    @CoversRule("E prompt-length")
    void aPromptHasThirtyTwoThousandCharactersAtMost(String character) {
        String longest = character.repeat(32_000);
        String longer = character.repeat(32_001);
        String message = "maximum length 32000, but got a string with length 32001";
        assertThat(trials.edited(json(URL).put("prompt", longest)).sent("prompt")).contains(longest);
        trials.refused(json(URL).put("prompt", longer), "string_above_max_length", "prompt", message);
        Form form = Trials.image(INPUT).text("model", "gpt-image-1");
        assertThat(trials.edited(form.text("prompt", longest)).sent("prompt")).contains(longest);
        trials.refused(form.text("prompt", longer), "string_above_max_length", "prompt", message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"auto", "high", "medium", "low"})
    @CoversRule("E quality")
    void qualities(String quality) {
        assertThat(trials.edited(json(URL).put("quality", quality)).sent("quality")).contains(quality);
    }

    @ParameterizedTest
    @ValueSource(strings = {"standard", "xhigh", "max", "Low"})
    @CoversRule("E quality")
    void otherQualitiesAreRefused(String quality) {
        trials.refused(json(URL).put("quality", quality), "invalid_value", "quality",
                "'" + quality + "'. Supported values are: 'auto', 'low', 'medium', and 'high'.");
    }

    @Test
    @CoversRule("E quality-default")
    void noQualityIsSentWhereNoneWasAsked() {
        Edited unsaid = trials.edited(json(URL));
        Edited auto = trials.edited(json(URL).put("quality", "auto"));
        assertThat(unsaid.sent("quality")).isEmpty();
        assertThat(unsaid.answer("/quality")).isEqualTo(auto.answer("/quality"));
        assertThat(unsaid.answer("/usage/output_tokens")).isEqualTo(auto.answer("/usage/output_tokens"));
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 10})
    @CoversRule("E n")
    void numbersOfPictures(int n) {
        assertThat(trials.edited(json(URL).put("n", n).put("output_format", "jpeg")).answer("/data")).hasSize(n);
    }

    @ParameterizedTest
    @CsvSource({"0,integer_below_min_value", "-1,integer_below_min_value", "11,integer_above_max_value"})
    @CoversRule("E n")
    void otherNumbersAreRefused(int n, String code) {
        trials.refused(json(URL).put("n", n), code, "n", "but got " + n + " instead");
    }

    @Test
    @CoversRule("E n-default")
    void onePictureIfNothingIsSaid() {
        Edited edited = trials.edited(json(URL));
        assertThat(edited.answer("/data")).hasSize(1);
        assertThat(edited.sent("n")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1024x1024", "1536x1024", "1024x1536"})
    @CoversRule("E size")
    void sizes(String size) {
        assertThat(trials.edited(json(URL).put("size", size)).size()).isEqualTo(size);
    }

    @ParameterizedTest
    @ValueSource(strings = {"512x512", "2048x2048", "wide"})
    @CoversRule("E size")
    void otherSizesAreRefused(String size) {
        trials.refused(json(URL).put("size", size), "invalid_value", "size", "Invalid value: '" + size + "'");
    }

    @ParameterizedTest
    @CsvSource({"96,64,1536x1024", "64,96,1024x1536", "64,64,1024x1024"})
    @CoversRule({"E size", "E size-default"})
    void autoIsTheDefaultAndSuitsTheImage(int width, int height, String size) {
        String image = Pictures.dataUrl("image/png", Pictures.opaque(width, height));
        Edited unsaid = trials.edited(json(image));
        assertThat(unsaid.sent("size")).isEmpty();
        assertThat(unsaid.size()).isEqualTo(size);
        assertThat(trials.edited(json(image).put("size", "auto")).size()).isEqualTo(size);
    }
}
