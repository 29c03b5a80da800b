package dev.retouch.contract.dialect;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.dialect.Trials.Edited;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Dialect B: the long form, with every parameter of gpt-image-1 and of dall-e-2. */
@ExtendWith({Gateways.class, Compatibility.class})
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class DialectBTest {

    private static final String ROSE = "在图片中添加一朵红色的玫瑰花";
    private static final byte[] INPUT = Pictures.opaque();
    private static final byte[] SECOND = Pictures.in("jpeg");
    private static final byte[] HOLE = Pictures.withHole();

    private final Trials trials;

    DialectBTest(RunningGateway gateway) {
        trials = new Trials(gateway);
    }

    /** An edit by gpt-image-1. */
    private static Form gpt() {
        return Trials.image(INPUT).text("prompt", ROSE).text("model", "gpt-image-1");
    }

    /** An edit by dall-e-2, which costs next to nothing. */
    private static Form dallE() {
        return Trials.image(HOLE).text("prompt", ROSE).text("model", "dall-e-2");
    }

    private static Form by(String model) {
        return model.equals("dall-e-2") ? dallE() : gpt();
    }

    @Test
    @CoversRule({"B endpoint", "B type"})
    void aFormIsAnEdit() {
        assertThat(trials.edited(gpt().text("size", "1024x1024")).size()).isEqualTo("1024x1024");
    }

    /** The command line of the page, with the test's host, key and files in its placeholders. */
    @Test
    @CoversRule("B sample")
    void itsCommandLine(RunningGateway gateway, @TempDir Path folder) throws Exception {
        Files.write(folder.resolve("input.png"), INPUT);
        Files.write(folder.resolve("mask.png"), HOLE);
        String command = """
                curl --request POST \\
                  --url http://sandbox.mintlify.com/v1/images/edits \\
                  --header 'Authorization: Bearer <token>' \\
                  --header 'Content-Type: multipart/form-data' \\
                  --form 'image=<string>' \\
                  --form 'prompt=在图片中添加一朵红色的玫瑰花' \\
                  --form background=transparent \\
                  --form input_fidelity=high \\
                  --form mask='@example-file' \\
                  --form model=gpt-image-1 \\
                  --form n=1 \\
                  --form output_compression=100 \\
                  --form output_format=png \\
                  --form partial_images=0 \\
                  --form quality=auto \\
                  --form response_format=url \\
                  --form size=1024x1024 \\
                  --form stream=false \\
                  --form 'user=<string>' \\
                  --form image.0='@example-file' \\
                  --form image.1.items='@example-file'
                """.replace("http://sandbox.mintlify.com", gateway.endpoint().baseUrl().toString())
                .replace("<token>", gateway.endpoint().key()).replace("'image=<string>'", "'image=@input.png'")
                .replace("mask='@example-file'", "mask='@mask.png'").replace("'user=<string>'", "'user=user-1234'")
                .replace("example-file", "input.png");

        Edited edited = trials.edited(CommandLine.run(command, folder));

        assertThat(edited.size()).isEqualTo("1024x1024");
        assertThat(edited.answer("/data/0/url").asText()).startsWith("http");
        assertThat(edited.sent("prompt")).contains(ROSE);
        assertThat(edited.sentImages()).hasSize(3);
        assertThat(edited.seen().parts("mask")).hasSize(1);
        assertThat(edited.sent("background")).contains("transparent");
        assertThat(edited.sent("input_fidelity")).contains("high");
        assertThat(edited.sent("user")).contains("user-1234");
        assertThat(edited.sent("response_format")).as("served here, and refused by the real upstream").isEmpty();
    }

    @Test
    @CoversRule("B key")
    void aKeyIsNeeded() {
        trials.needsAKey(dallE().text("size", "256x256"));
    }

    @Test
    @CoversRule("B required")
    void imageAndPromptAreRequired() {
        trials.refused(Trials.image(INPUT).text("model", "gpt-image-1"), "missing_required_parameter", "prompt",
                "'prompt'");
        trials.refused(Form.empty().text("prompt", ROSE).text("model", "gpt-image-1"), "missing_required_parameter",
                "image", "image file is required");
    }

    @Test
    @CoversRule({"B image", "B image-names", "B models-differ"})
    void imagesUnderItsNamesKeepTheirOrder() {
        assertThat(trials.edited(gpt()).sentImages()).containsExactly(Trials.sha256(INPUT));
        Edited edited = trials.edited(gpt().file("image.0", "b.jpg", "image/jpeg", SECOND).file("image.1.items",
                "c.png", "image/png", HOLE));
        assertThat(edited.sentImages()).containsExactly(Trials.sha256(INPUT), Trials.sha256(SECOND),
                Trials.sha256(HOLE));
    }

    @Test
    @CoversRule("B models-differ")
    void dallETakesOneSmallSquarePng() {
        trials.refused(dallE().file("image.0", "b.png", "image/png", HOLE), "array_above_max_length", "image",
                "maximum length 1, but got an array with length 2");
        byte[] large = Pictures.padded(HOLE, Pictures.FOUR_MEGABYTES);
        Form edit = Trials.image(large).text("prompt", ROSE);
        trials.refused(edit.text("model", "dall-e-2"), "image_file_too_large", "image", "fewer than 4194304 bytes");
        assertThat(trials.edited(edit.text("model", "gpt-image-1")).sentImages()).containsExactly(Trials.sha256(large));
    }

    @ParameterizedTest
    @ValueSource(strings = {ROSE, "Rosé – 🌹 «Ñandú»", "two\r\nlines, \"quotes\" \\ and\ta tab", "p"})
    @CoversRule("B prompt")
    void aPromptInAnyLanguageArrivesUnchanged(String prompt) {
        Edited edited = trials.edited(Trials.image(HOLE).text("model", "dall-e-2").text("prompt", prompt)
                .text("size", "256x256"));
        assertThat(edited.sent("prompt")).contains(prompt);
    }

    @ParameterizedTest
    @ValueSource(strings = {"transparent", "opaque", "auto"})
    @CoversRule("B background")
    void backgrounds(String background) {
        Edited edited = trials.edited(gpt().text("background", background));
        assertThat(edited.sent("background")).contains(background);
        boolean seenThrough = edited.picture().pixels().getColorModel().hasAlpha()
                && edited.picture().alpha(0, 0) < 255;
        assertThat(seenThrough).isEqualTo(background.equals("transparent"));
    }

    @Test
    @CoversRule("B background")
    void otherBackgroundsAreRefused() {
        trials.refused(gpt().text("background", "blue"), "invalid_value", "background",
                "'auto', 'transparent', and 'opaque'");
        trials.refused(gpt().text("background", "transparent").text("output_format", "jpeg"), "invalid_value",
                "background", "not supported for jpeg");
    }

    @ParameterizedTest
    @CsvSource({"background,opaque", "background,transparent", "output_format,jpeg", "output_format,webp",
            "output_compression,50", "input_fidelity,high", "input_fidelity,low", "stream,true", "partial_images,1"})
    @CoversRule({"B background-model", "B output_format-model", "B output_compression", "B input_fidelity-model",
            "B stream",
            "B partial_images", "B models-differ"})
    void dallERefusesWhatOnlyGptImageTakes(String parameter, String value) {
        trials.refused(dallE().text(parameter, value), "unknown_parameter", parameter,
                "The model 'dall-e-2' does not support the parameter '" + parameter + "'.");
    }

    @ParameterizedTest
    @CsvSource({"background,auto", "output_format,png", "output_compression,100", "stream,false", "partial_images,0"})
    @CoversRule({"B background-model", "B output_format-model", "B output_compression", "B stream", "B partial_images"})
    void dallETakesADefaultThatAsksForNothing(String parameter, String value) {
        assertThat(trials.edited(dallE().text("size", "256x256").text(parameter, value)).sent(parameter)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"high", "low"})
    @CoversRule({"B input_fidelity", "B models-differ"})
    void fidelities(String fidelity) {
        assertThat(trials.edited(gpt().text("input_fidelity", fidelity)).sent("input_fidelity")).contains(fidelity);
    }

    @Test
    @CoversRule("B input_fidelity")
    void otherFidelitiesAreRefused() {
        trials.refused(gpt().text("input_fidelity", "medium"), "invalid_value", "input_fidelity", "'high' and 'low'");
        assertThat(trials.edited(gpt()).sent("input_fidelity")).isEmpty();
    }

    @Test
    @CoversRule("B mask")
    void aMaskNarrowsWhatMayChange() {
        byte[] input = Contract.example("input.png");
        byte[] mask = Contract.example("mask.png");
        Form edit = Trials.image(input).text("prompt", ROSE).text("model", "gpt-image-1").text("size", "1024x1024")
                .file("mask", "mask.png", "image/png", mask);
        Pixels.assertChangedOnlyWhereTransparent(input, mask, trials.edited(edit).picture());
    }

    @Test
    @CoversRule("B mask")
    void aMaskFitsTheImage() {
        Form edit = gpt();
        trials.refused(edit.file("mask", "m.png", "image/png", Pictures.withHole(32, 64)), "invalid_mask_image_format",
                "mask", "it is 32x64 pixels, but the first image is 64x64");
        trials.refused(edit.file("mask", "m.png", "image/png", SECOND), "invalid_mask_image_format", "mask",
                "expected a png");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-image-1", "dall-e-2"})
    @CoversRule("B model")
    void models(String model) {
        Edited edited = trials.edited(by(model));
        assertThat(edited.sent("model")).contains(model);
        assertThat(edited.size()).isEqualTo("1024x1024");
    }

    @Test
    @CoversRule("B model")
    void otherModelsAreRefused() {
        trials.refused(Trials.image(INPUT).text("prompt", ROSE).text("model", "gpt-image-0"), "model_not_found",
                "model",
                "`gpt-image-0` does not exist");
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1,1", "gpt-image-1,2", "dall-e-2,1", "dall-e-2,10"})
    @CoversRule("B n")
    void numbersOfPictures(String model, int n) {
        Form edit = model.equals("dall-e-2") ? by(model).text("size", "256x256") : by(model);
        Edited edited = trials.edited(edit.text("n", String.valueOf(n)));
        assertThat(edited.answer("/data")).hasSize(n);
        assertThat(edited.sent("n")).contains(String.valueOf(n));
    }

    @ParameterizedTest
    @CsvSource({"0,integer_below_min_value,>= 1", "-1,integer_below_min_value,>= 1", "11,integer_above_max_value,<= 10",
            "99999999999,integer_above_max_value,<= 10", "1.5,invalid_type,an integer", "ten,invalid_type,an integer"})
    @CoversRule("B n")
    void otherNumbersAreRefused(String n, String code, String message) {
        trials.refused(gpt().text("n", n), code, "n", message);
        trials.refused(dallE().text("n", n), code, "n", message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-image-1", "dall-e-2"})
    @CoversRule("B n-default")
    void onePictureIfNothingIsSaid(String model) {
        Edited edited = trials.edited(by(model));
        assertThat(edited.answer("/data")).hasSize(1);
        assertThat(edited.sent("n")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({"jpeg,0", "jpeg,100", "webp,0", "webp,100", "png,100"})
    @CoversRule("B output_compression")
    void compressions(String format, String compression) {
        Edited edited = trials.edited(gpt().text("output_format", format).text("output_compression", compression));
        assertThat(edited.sent("output_compression")).contains(compression);
        assertThat(edited.picture().format()).isEqualTo(format);
    }

    @ParameterizedTest
    @CsvSource({"-1,integer_below_min_value,>= 0", "101,integer_above_max_value,<= 100",
            "half,invalid_type,an integer"})
    @CoversRule("B output_compression")
    void otherCompressionsAreRefused(String compression, String code, String message) {
        trials.refused(gpt().text("output_format", "jpeg").text("output_compression", compression), code,
                "output_compression", message);
    }

    @Test
    @CoversRule("B output_compression")
    void aPngIsNotCompressedFurther() {
        trials.refused(gpt().text("output_compression", "99"), "invalid_value", "output_compression", "png output");
    }

    @Test
    @CoversRule("B output_compression-default")
    void noCompressionIsSentWhereNoneWasAsked() {
        Form jpeg = gpt().text("output_format", "jpeg");
        Edited unsaid = trials.edited(jpeg);
        assertThat(unsaid.sent("output_compression")).isEmpty();
        assertThat(unsaid.reply().image())
                .isEqualTo(trials.edited(jpeg.text("output_compression", "100")).reply().image())
                .isNotEqualTo(trials.edited(jpeg.text("output_compression", "20")).reply().image());
    }

    @ParameterizedTest
    @ValueSource(strings = {"png", "jpeg", "webp"})
    @CoversRule({"B output_format", "B answered-output_format"})
    void formats(String format) {
        Edited edited = trials.edited(gpt().text("output_format", format));
        assertThat(edited.sent("output_format")).contains(format);
        assertThat(edited.picture().format()).isEqualTo(format);
        assertThat(edited.answer("/output_format").asText()).isEqualTo(format);
    }

    @Test
    @CoversRule("B output_format")
    void otherFormatsAreRefused() {
        trials.refused(gpt().text("output_format", "gif"), "invalid_value", "output_format",
                "'png', 'jpeg', and 'webp'");
        assertThat(trials.edited(gpt()).picture().format()).isEqualTo("png");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3})
    @CoversRule({"B partial_images", "B stream"})
    void previewsOfAStream(int previews) {
        Reply reply = trials.streamed(gpt().text("stream", "true").text("partial_images", String.valueOf(previews)));
        assertThat(events(reply, "image_edit.partial_image")).isEqualTo(previews);
        assertThat(events(reply, "image_edit.completed")).isEqualTo(1);
    }

    @Test
    @CoversRule({"B partial_images-default", "B stream"})
    void noPreviewsIfNothingIsSaid() {
        Reply reply = trials.streamed(gpt().text("stream", "true"));
        assertThat(events(reply, "image_edit.partial_image")).isZero();
        assertThat(events(reply, "image_edit.completed")).isEqualTo(1);
    }

    @ParameterizedTest
    @CsvSource({"-1,integer_below_min_value,>= 0", "4,integer_above_max_value,<= 3", "some,invalid_type,an integer"})
    @CoversRule("B partial_images")
    void otherNumbersOfPreviewsAreRefused(String previews, String code, String message) {
        trials.refused(gpt().text("stream", "true").text("partial_images", previews), code, "partial_images", message);
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1,auto", "gpt-image-1,high", "gpt-image-1,medium", "gpt-image-1,low", "dall-e-2,auto",
            "dall-e-2,standard"})
    @CoversRule("B quality")
    void qualities(String model, String quality) {
        Edited edited = trials.edited(by(model).text("quality", quality));
        assertThat(edited.sent("quality")).contains(quality);
        if (model.equals("gpt-image-1") && !quality.equals("auto")) {
            assertThat(edited.answer("/quality").asText()).isEqualTo(quality);
        }
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1,standard", "gpt-image-1,hd", "gpt-image-1,best", "dall-e-2,high", "dall-e-2,low",
            "dall-e-2,medium", "dall-e-2,hd"})
    @CoversRule("B quality")
    void otherQualitiesAreRefused(String model, String quality) {
        trials.refused(by(model).text("quality", quality), "invalid_value", "quality",
                "Invalid value: '" + quality + "'. Supported values are: ");
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1,url", "gpt-image-1,b64_json", "dall-e-2,url", "dall-e-2,b64_json"})
    @CoversRule({"B response_format", "B response_format-model", "B links"})
    void linksOrBase64(String model, String format) {
        Edited edited = trials.edited(by(model).text("response_format", format));
        assertThat(edited.answer("/data/0").has(format)).isTrue();
        assertThat(edited.answer("/data/0")).hasSize(1);
        assertThat(edited.size()).isEqualTo("1024x1024");
        assertThat(edited.sent("response_format")).isEqualTo(
                model.equals("dall-e-2") ? java.util.Optional.of("b64_json") : java.util.Optional.empty());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-image-1", "dall-e-2"})
    @CoversRule("B response_format")
    void otherResponseFormatsAreRefused(String model) {
        trials.refused(by(model).text("response_format", "file"), "invalid_value", "response_format",
                "'url' and 'b64_json'");
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1,1024x1024", "gpt-image-1,1536x1024", "gpt-image-1,1024x1536", "dall-e-2,256x256",
            "dall-e-2,512x512", "dall-e-2,1024x1024"})
    @CoversRule({"B size", "B answered-size"})
    void sizes(String model, String size) {
        Edited edited = trials.edited(by(model).text("size", size));
        assertThat(edited.sent("size")).contains(size);
        assertThat(edited.size()).isEqualTo(size);
        if (model.equals("gpt-image-1")) {
            assertThat(edited.answer("/size").asText()).isEqualTo(size);
        }
    }

    @Test
    @CoversRule("B size")
    void aSizeThatSuitsTheImage() {
        Form edit = Form.empty().text("prompt", ROSE).text("model", "gpt-image-1").text("size", "auto");
        assertThat(trials.edited(edit.file("image", "a.png", "image/png", Pictures.opaque(96, 64))).size())
                .isEqualTo("1536x1024");
        assertThat(trials.edited(edit.file("image", "a.png", "image/png", Pictures.opaque(64, 96))).size())
                .isEqualTo("1024x1536");
    }

    @ParameterizedTest
    @CsvSource({"gpt-image-1,256x256", "gpt-image-1,512x512", "gpt-image-1,2048x2048", "gpt-image-1,large",
            "dall-e-2,auto", "dall-e-2,1536x1024", "dall-e-2,1024x1536", "dall-e-2,300x300"})
    @CoversRule("B size")
    void otherSizesAreRefused(String model, String size) {
        trials.refused(by(model).text("size", size), "invalid_value", "size",
                "Invalid value: '" + size + "'. Supported values are: ");
    }

    @Test
    @CoversRule({"B stream", "B stream-default"})
    void anAnswerIsOneDocumentUnlessAsked() {
        assertThat(trials.edited(gpt()).reply().header("content-type").orElse("")).startsWith("application/json");
        assertThat(trials.edited(gpt().text("stream", "false")).reply().header("content-type").orElse(""))
                .startsWith("application/json");
        trials.refused(gpt().text("stream", "perhaps"), "invalid_value", "stream", "'true' and 'false'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt-image-1", "dall-e-2"})
    @CoversRule("B user")
    void theUserIsPassedOn(String model) {
        assertThat(trials.edited(by(model).text("user", "用户 7")).sent("user")).contains("用户 7");
        assertThat(trials.edited(by(model)).sent("user")).isEmpty();
    }

    @Test
    @CoversRule({"B created", "B data", "B usage", "B answered-background", "B answered-quality"})
    void theAnswerTellsWhatWasDone() {
        Edited edited = trials.edited(gpt().text("background", "opaque").text("quality", "low").text("n", "2"));
        Trials.assertJustNow(edited.answer("/created"));
        assertThat(edited.answer("/data").isArray()).isTrue();
        assertThat(edited.answer("/data")).hasSize(2);
        assertThat(edited.answer("/background").asText()).isEqualTo("opaque");
        assertThat(edited.answer("/quality").asText()).isEqualTo("low");
        Trials.assertUsage(edited.answer("/usage"));
    }

    /** Also what the sandbox never answers comes through as the upstream says it. */
    @ParameterizedTest
    @CsvSource({"background,transparent", "background,opaque", "background,auto", "output_format,png",
            "output_format,jpeg", "output_format,webp", "quality,auto", "quality,high", "quality,medium", "quality,low",
            "quality,hd", "quality,standard", "size,1536x1024"})
    @CoversRule({"B answered-background", "B answered-output_format", "B answered-quality", "B answered-size"})
    void everyValueOfAnAnswerComesThrough(String field, String value) {
        String document = """
                {"created":1589478378,"%s":"%s","data":[{"b64_json":"%s"}],"usage":{"input_tokens":18,
                 "input_tokens_details":{"image_tokens":5,"text_tokens":13},"output_tokens":1,"total_tokens":19}}"""
                .formatted(field, value, Pictures.base64(INPUT));
        Edited edited = trials.answered(gpt().text("response_format", "url"), document);
        assertThat(edited.answer("/" + field).asText()).isEqualTo(value);
        assertThat(edited.answer("/created").asLong()).isEqualTo(1589478378);
        assertThat(edited.answer("/usage/total_tokens").asInt()).isEqualTo(19);
        assertThat(edited.reply().image()).isEqualTo(INPUT);
    }

    private static long events(Reply reply, String name) {
        return Pattern.compile("^event: ?" + Pattern.quote(name) + "$", Pattern.MULTILINE)
                .matcher(new String(reply.body(), StandardCharsets.UTF_8)).results().count();
    }

    @Test
    @CoversRule("B response_format-model")
    void linkAndBase64ReturnTheSameImage() {
        Picture link = trials.edited(gpt().text("response_format", "url")).picture();
        Picture base64 = trials.edited(gpt().text("response_format", "b64_json")).picture();
        assertThat(link.argb(500, 500)).isEqualTo(base64.argb(500, 500));
    }
}
