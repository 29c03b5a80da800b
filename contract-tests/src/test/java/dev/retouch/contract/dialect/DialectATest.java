package dev.retouch.contract.dialect;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
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

/** Dialect A: forms and JSON, several images, and error texts to the letter. */
@ExtendWith({Gateways.class, Compatibility.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialectATest {

    private static final byte[] INPUT = Pictures.opaque();
    private static final byte[] SECOND = Pictures.in("jpeg");
    private static final byte[] MASK = Pictures.withHole();
    private static final String URL = Pictures.dataUrl("image/png", INPUT);
    /** The smallest picture that the default model makes. */
    private static final String SMALL = "1024x640";

    private final Trials trials;

    DialectATest(RunningGateway gateway) {
        trials = new Trials(gateway);
    }

    private static Form form() {
        return Trials.image(INPUT).text("prompt", "a clean studio");
    }

    private static ObjectNode json() {
        ObjectNode json = Trials.json().put("prompt", "a bright studio");
        json.putArray("images").addObject().put("image_url", URL);
        return json;
    }

    @Test
    @CoversRule("A endpoint")
    void theAnswerIsTheFinishedPicture() {
        assertThat(trials.edited(form().text("size", SMALL)).size()).isEqualTo(SMALL);
    }

    @Test
    @CoversRule("A types")
    void formsAndJsonAndNothingElse() {
        trials.edited(form().text("size", SMALL));
        trials.edited(json().put("size", SMALL));
        trials.refused("application/x-www-form-urlencoded", "prompt=p&image=x".getBytes(
                java.nio.charset.StandardCharsets.UTF_8), "unsupported_media_type", "",
                "Send multipart/form-data or application/json.");
    }

    @Test
    @CoversRule("A key")
    void aKeyIsNeeded() {
        trials.needsAKey(form().text("size", SMALL));
    }

    @Test
    @CoversRule({"A form-model", "A json-model"})
    void theModelIsOptional() {
        assertThat(trials.edited(form().text("size", SMALL)).sent("model")).contains("gpt-image-2");
        assertThat(trials.edited(json().put("size", SMALL)).sent("model")).contains("gpt-image-2");
        assertThat(trials.edited(form().text("model", "gpt-image-1-mini")).sent("model")).contains("gpt-image-1-mini");
        assertThat(trials.edited(json().put("model", "gpt-image-1-mini")).sent("model")).contains("gpt-image-1-mini");
        trials.refused(form().text("model", "no-model"), "model_not_found", "model", "`no-model` does not exist");
        trials.refused(json().put("model", "no-model"), "model_not_found", "model", "`no-model` does not exist");
    }

    @Test
    @CoversRule({"A form-prompt", "A json-prompt"})
    void thePromptIsRequired() {
        assertThat(trials.edited(form().text("size", SMALL)).sent("prompt")).contains("a clean studio");
        assertThat(trials.edited(json().put("size", SMALL)).sent("prompt")).contains("a bright studio");
        trials.refused(Trials.image(INPUT), "missing_required_parameter", "prompt", "'prompt'");
        ObjectNode without = json();
        without.remove("prompt");
        trials.refused(without, "missing_required_parameter", "prompt", "'prompt'");
        trials.refused(json().put("prompt", ""), "invalid_value", "prompt", "empty string");
    }

    @Test
    @CoversRule("A form-image")
    void aFormNeedsAnImage() {
        assertThat(trials.edited(form().text("size", SMALL)).sentImages()).containsExactly(Trials.sha256(INPUT));
        Form without = Form.empty().text("prompt", "p");
        String message = "image file is required";
        trials.told(message, trials.refused(without, "missing_required_parameter", "image", message));
        trials.told(message, trials.refused(without.file("image", "", "application/octet-stream", new byte[0]),
                "missing_required_parameter", "image", message));
        trials.told(message, trials.refused(without.file("mask", "mask.png", "image/png", MASK),
                "missing_required_parameter", "image", message));
    }

    @ParameterizedTest
    @ValueSource(strings = {"image", "image[]"})
    @CoversRule("A form-images")
    void severalImagesUnderOneName(String name) {
        Edited edited = trials.edited(Form.empty().text("prompt", "on one table").text("size", SMALL)
                .file(name, "a.png", "image/png", INPUT).file(name, "b.jpg", "image/jpeg", SECOND)
                .file(name, "c.png", "image/png", MASK));
        assertThat(edited.sentImages()).containsExactly(Trials.sha256(INPUT), Trials.sha256(SECOND),
                Trials.sha256(MASK));
        assertThat(trials.edited(Form.empty().text("prompt", "a list of one").text("size", SMALL).file(name, "a.png",
                "image/png", INPUT)).sentImages()).containsExactly(Trials.sha256(INPUT));
    }

    @Test
    @CoversRule({"A form-mask", "A json-mask"})
    void aMaskMayCome() {
        Edited form = trials.edited(form().text("size", SMALL).file("mask", "mask.png", "image/png", MASK));
        assertThat(form.seen().parts("mask")).singleElement()
                .satisfies(mask -> assertThat(mask.sha256()).isEqualTo(Trials.sha256(MASK)));
        ObjectNode masked = json().put("size", SMALL);
        masked.putObject("mask").put("image_url", Pictures.dataUrl("image/png", MASK));
        assertThat(trials.edited(masked).seen().parts("mask")).singleElement()
                .satisfies(mask -> assertThat(mask.sha256()).isEqualTo(Trials.sha256(MASK)));
        assertThat(trials.edited(form().text("size", SMALL)).seen().parts("mask")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"1024x1024", "1536x1024", SMALL})
    @CoversRule({"A form-size", "A json-size"})
    void aSizeMayBeAsked(String size) {
        assertThat(trials.edited(form().text("size", size)).size()).isEqualTo(size);
        assertThat(trials.edited(json().put("size", size)).size()).isEqualTo(size);
    }

    @Test
    @CoversRule({"A form-size", "A json-size"})
    void noSizeIsSentWhereNoneWasAsked() {
        assertThat(trials.edited(form()).sent("size")).isEmpty();
        assertThat(trials.edited(json()).sent("size")).isEmpty();
        trials.refused(form().text("size", "300x300"), "invalid_value", "size", "Invalid size '300x300'");
        trials.refused(json().put("size", "large"), "invalid_value", "size", "Invalid size 'large'");
    }

    @Test
    @CoversRule({"A form-n", "A json-n"})
    void severalPicturesMayBeAsked() {
        assertThat(trials.edited(form().text("size", SMALL).text("n", "2")).answer("/data")).hasSize(2);
        assertThat(trials.edited(json().put("size", SMALL).put("n", 2)).answer("/data")).hasSize(2);
        assertThat(trials.edited(form().text("size", SMALL)).answer("/data")).hasSize(1);
        assertThat(trials.edited(json().put("size", SMALL)).answer("/data")).hasSize(1);
    }

    @ParameterizedTest
    @CsvSource({"0,integer_below_min_value", "11,integer_above_max_value"})
    @CoversRule({"A form-n", "A json-n"})
    void tooFewAndTooManyPicturesAreRefused(int n, String code) {
        trials.refused(form().text("n", String.valueOf(n)), code, "n", "but got " + n + " instead");
        trials.refused(json().put("n", n), code, "n", "but got " + n + " instead");
    }

    @Test
    @CoversRule({"A form-n", "A json-n"})
    void aNumberOfPicturesIsAnInteger() {
        trials.refused(form().text("n", "two"), "invalid_type", "n", "expected an integer");
        trials.refused(json().put("n", "2"), "invalid_type", "n", "expected an integer, but got a string");
        trials.refused(json().put("n", 1.5), "invalid_type", "n", "expected an integer, but got a decimal number");
    }

    @Test
    @CoversRule("A form-response_format")
    void linksOrBase64() {
        Edited links = trials.edited(form().text("size", SMALL).text("response_format", "url"));
        assertThat(links.answer("/data/0/url").asText()).startsWith("http");
        assertThat(links.size()).isEqualTo(SMALL);
        assertThat(links.sent("response_format")).as("served here, and refused by the real upstream").isEmpty();
        assertThat(trials.edited(form().text("size", SMALL).text("response_format", "b64_json")).answer("/data/0")
                .has("b64_json")).isTrue();
        assertThat(trials.edited(form().text("size", SMALL)).answer("/data/0").has("b64_json")).isTrue();
        trials.refused(form().text("response_format", "jpeg"), "invalid_value", "response_format",
                "Supported values are: 'url' and 'b64_json'.");
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1,high", "gpt-image-1,low", "gpt-image-1.5,high"})
    @CoversRule("A form-input_fidelity")
    void fidelityGoesToModelsThatTakeIt(String model, String fidelity) {
        Edited edited = trials.edited(form().text("model", model).text("input_fidelity", fidelity));
        assertThat(edited.sent("input_fidelity")).contains(fidelity);
        assertThat(edited.reply().header("x-retouch-dropped-parameters")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-image-2", "gpt-image-1-mini", "gpt-image-2.5-flare", "chatgpt-image-latest"})
    @CoversRule("A form-input_fidelity")
    void fidelityIsKeptFromModelsThatDoNot(String model) {
        Edited edited = trials.edited(form().text("model", model).text("input_fidelity", "high"));
        assertThat(edited.sent("input_fidelity")).isEmpty();
        assertThat(edited.reply().header("x-retouch-dropped-parameters")).contains("input_fidelity");
        trials.refused(form().text("model", model).text("input_fidelity", "medium"), "invalid_value",
                "input_fidelity", "'high' and 'low'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"prompt\":\"p\"}", "{\"prompt\":\"p\",\"images\":[]}",
            "{\"prompt\":\"p\",\"images\":[{}]}", "{\"prompt\":\"p\",\"images\":[{\"image_url\":\"\"}]}",
            "{\"prompt\":\"p\",\"images\":[{\"image_url\":null}]}", "{\"prompt\":\"p\",\"images\":null}"})
    @CoversRule("A json-images")
    void jsonNeedsAnImage(String json) {
        String message = "images[].image_url is required";
        trials.told(message, trials.refused("application/json", json.getBytes(java.nio.charset.StandardCharsets.UTF_8),
                "missing_required_parameter", "images", message));
    }

    @Test
    @CoversRule({"A json-images", "A json-mask"})
    void jsonNamesImagesAndMaskByUrl() {
        try (PictureSite site = new PictureSite(); RunningGateway gateway = RunningGateway.start(site.settings())) {
            ObjectNode json = Trials.json().put("prompt", "a bright studio").put("size", SMALL);
            json.putArray("images").add(Trials.json().put("image_url", site.with("input.png", INPUT)))
                    .add(Trials.json().put("image_url", site.with("second.jpg", SECOND)));
            json.putObject("mask").put("image_url", site.with("mask.png", MASK));
            Edited edited = new Trials(gateway).edited(json);
            assertThat(edited.sentImages()).containsExactly(Trials.sha256(INPUT), Trials.sha256(SECOND));
            assertThat(edited.seen().parts("mask")).singleElement()
                    .satisfies(mask -> assertThat(mask.sha256()).isEqualTo(Trials.sha256(MASK)));
        }
    }

    @Test
    @CoversRule("A json-file_id")
    void jsonTakesNoFileIdOfAnImage() {
        String message = "images[].file_id is not supported";
        ObjectNode only = Trials.json().put("prompt", "p");
        only.putArray("images").addObject().put("file_id", "file-1");
        trials.told(message, trials.refused(only, "unknown_parameter", "images", message));
        ObjectNode beside = Trials.json().put("prompt", "p");
        beside.putArray("images").addObject().put("image_url", URL).put("file_id", "file-1");
        trials.told(message, trials.refused(beside, "unknown_parameter", "images", message));
    }

    @Test
    @CoversRule("A json-mask-file_id")
    void jsonTakesNoFileIdOfAMask() {
        String message = "mask.file_id is not supported";
        ObjectNode masked = json();
        masked.putObject("mask").put("file_id", "file-1");
        trials.told(message, trials.refused(masked, "unknown_parameter", "mask", message));
    }

    @Test
    @CoversRule("A form-sample")
    void itsFormFromTheCommandLine(RunningGateway gateway, @TempDir Path folder) throws Exception {
        Files.write(folder.resolve("input.png"), INPUT);
        Edited edited = trials.edited(CommandLine.run("""
                curl %s/v1/images/edits \\
                  -H 'Authorization: Bearer %s' \\
                  -F 'model=gpt-image-2' \\
                  -F 'image=@input.png' \\
                  -F 'prompt=change the background to a clean studio setting' \\
                  -F 'size=1024x1024'
                """.formatted(gateway.endpoint().baseUrl(),
                gateway.endpoint().key()), folder));
        assertThat(edited.size()).isEqualTo("1024x1024");
        assertThat(edited.sentImages()).isEqualTo(List.of(Trials.sha256(INPUT)));
    }

    @Test
    @CoversRule("A json-sample")
    void itsJsonFromTheCommandLine(@TempDir Path folder) throws Exception {
        try (PictureSite site = new PictureSite(); RunningGateway gateway = RunningGateway.start(site.settings())) {
            Edited edited = new Trials(gateway)
                    .edited(CommandLine.run("""
                            curl %s/v1/images/edits \\
                              -H 'Authorization: Bearer %s' \\
                              -H 'Content-Type: application/json' \\
                              -d '{
                                "model": "gpt-image-2",
                                "prompt": "replace the background with a bright studio",
                                "images": [
                                  { "image_url": "%s" }
                                ],
                                "size": "1024x1024"
                              }'
                            """.formatted(gateway.endpoint().baseUrl(),
                            gateway.endpoint().key(), site.with("input.png", INPUT)), folder));
            assertThat(edited.size()).isEqualTo("1024x1024");
            assertThat(edited.sentImages()).isEqualTo(List.of(Trials.sha256(INPUT)));
        }
    }
}
