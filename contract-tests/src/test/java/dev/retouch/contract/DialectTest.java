package dev.retouch.contract;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.journal.JournalEntry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** The dialects in use, A to E: what relays and SDKs send is understood as it stands. */
@ExtendWith(Gateways.class)
class DialectTest {

    private static final String ROSE = "在图片中添加一朵红色的玫瑰花";

    private final Contract contract = new Contract();
    private final Endpoint gateway;

    DialectTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    @TestFactory
    Stream<DynamicTest> everyFormOfTheDocumentIsAnEdit() {
        return contract.examples("Form").entrySet().stream()
                .map(example -> DynamicTest.dynamicTest(example.getKey(),
                        () -> assertEdited(gateway.edit(Contract.form(example.getValue())))));
    }

    @TestFactory
    Stream<DynamicTest> everyJsonOfTheDocumentIsAnEdit() {
        return contract.examples("Json").entrySet().stream().map(example -> DynamicTest
                .dynamicTest(example.getKey(), () -> assertEdited(gateway.edit(example.getValue().toString()))));
    }

    @Test
    void theDocumentHasAnExampleOfEachDialect() {
        assertThat(contract.examples("Form").keySet()).contains("DialectAForm", "DialectBForm", "DialectCForm",
                "DialectDForm");
        assertThat(contract.examples("Json").keySet()).contains("DialectAJson", "DialectEJson");
    }

    /** The document's other examples are answers and errors; they must fit the schemas as well. */
    @Test
    void theExampleAnswersFitTheirSchemas() {
        Map<String, JsonNode> examples = contract.examples("");
        contract.assertValid("ImagesResponse", String.valueOf(examples.get("EditedLinks")));
        contract.assertValid("ImagesResponse", String.valueOf(examples.get("EditedBase64")));
        contract.assertValid("ImageEditStreamEvent", String.valueOf(examples.get("PartialImageEvent")));
        contract.assertValid("ImageEditStreamEvent", String.valueOf(examples.get("CompletedEvent")));
    }

    @Test
    void dialectAMultipart() {
        assertEdited(gateway.edit(Form.empty().text("model", "gpt-image-2").example("image", "input.png")
                .text("prompt", "change the background to a clean studio setting").text("size", "1024x1024")));
    }

    @Test
    void dialectAJsonWithADataUrl() {
        assertEdited(gateway.edit("""
                {
                    "model": "gpt-image-2",
                    "prompt": "replace the background with a bright studio",
                    "images": [
                      { "image_url": "%s" }
                    ],
                    "size": "1024x1024"
                  }""".formatted(Contract.dataUrl("input.png"))));
    }

    /** The command line of the source, with our host, key and files in the places that it leaves open. */
    @Test
    void dialectBFromItsOwnCommandLine(RunningGateway own, @TempDir Path folder) throws Exception {
        assumeThat(Path.of("/usr/bin/curl")).as("curl is not installed").exists();
        Files.write(folder.resolve("input.png"), Contract.example("input.png"));
        Files.write(folder.resolve("mask.png"), Contract.example("mask.png"));
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
                """.replace("http://sandbox.mintlify.com", own.endpoint().baseUrl().toString())
                .replace("<token>", own.endpoint().key()).replace("'image=<string>'", "'image=@input.png'")
                .replace("mask='@example-file'", "mask='@mask.png'").replace("'user=<string>'", "'user=user-1234'")
                .replace("example-file", "input.png");

        Reply reply = new Reply(200, Map.of("content-type", "application/json"), output(command, folder));

        assertEdited(reply);
        assertThat(reply.json().at("/data/0/url").asText()).startsWith("http");
        JournalEntry seen = own.lastSeenUpstream();
        assertThat(seen.field("prompt")).contains(ROSE);
        assertThat(seen.parts("image[]")).hasSize(3);
        assertThat(seen.parts("mask")).hasSize(1);
        assertThat(seen.field("background")).contains("transparent");
        assertThat(seen.field("input_fidelity")).contains("high");
        assertThat(seen.field("user")).contains("user-1234");
        assertThat(seen.field("response_format")).as("served here, and refused by the real upstream").isEmpty();
    }

    @Test
    void dialectCEditsTheImagesOwnTransparentArea() throws IOException {
        byte[] inputWithHole = Contract.example("mask.png");
        Reply reply = gateway.edit(Form.empty().file("image", "input.png", "image/png", inputWithHole)
                .text("prompt", "a bowl of oranges").text("model", "dall-e-2").text("response_format", "b64_json"));
        assertEdited(reply);
        Picture before = Picture.of(inputWithHole);
        Picture after = Picture.of(reply.image());
        int inside = 0;
        for (int y = 0; y < 1024; y++) {
            for (int x = 0; x < 1024; x++) {
                if (before.alpha(x, y) == 255) {
                    assertThat(after.argb(x, y)).isEqualTo(before.argb(x, y));
                } else if (before.alpha(x, y) == 0 && after.alpha(x, y) > 0) {
                    inside++;
                }
            }
        }
        assertThat(inside).isGreaterThan(1000);
    }

    @Test
    void dialectCAnswersLinksUnlessAsked() {
        Reply reply = gateway
                .edit(Form.ofInput().example("mask", "mask.png").text("model", "dall-e-2"));
        assertEdited(reply);
        assertThat(reply.json().at("/data/0/url").asText()).startsWith("http");
        assertThat(reply.header("sunset")).contains("Tue, 12 May 2026 00:00:00 GMT");
        assertThat(reply.header("deprecation").orElse("")).matches("@\\d+");
    }

    @Test
    void dialectDsEmptyValuesAreNotGiven(RunningGateway own) {
        Form form = Form.empty().text("model", "\"\"").text("prompt", "paint the wall green")
                .example("image", "input.png").file("mask", "", "application/octet-stream", new byte[0])
                .text("n", "\"\"").text("quality", "\"\"").text("size", "").text("user", "");

        assertEdited(own.endpoint().edit(form));

        JournalEntry seen = own.lastSeenUpstream();
        assertThat(seen.field("model")).contains("gpt-image-2");
        assertThat(seen.form()).extracting(JournalEntry.Part::name).doesNotContain("n", "quality", "size", "user",
                "mask");
    }

    @Test
    void dialectDsNumbersAreText(RunningGateway own) {
        Reply reply = own.endpoint().edit(Form.ofInput().text("model", "gpt-image-1").text("n", "2"));
        assertThat(reply.images()).hasSize(2);
        assertThat(own.lastSeenUpstream().field("n")).contains("2");
    }

    @Test
    void dialectETakesDataUrlsAndPlainBase64() {
        String plain = Contract.dataUrl("second.jpg").replaceFirst(".*,", "");
        assertEdited(gateway
                .edit("""
                        {"model":"gpt-image-1.5","prompt":"make it evening","quality":"auto","n":1,"size":"1536x1024",
                         "image":["%s","%s"]}""".formatted(Contract.dataUrl("input.png"), plain)));
    }

    @Test
    void dialectETakesOneStringForAListOfOne() {
        assertEdited(gateway.edit("""
                {"model":"gpt-image-1","prompt":"make it evening","image":"%s"}"""
                .formatted(Contract.dataUrl("input.png"))));
    }

    @Test
    void aPromptOfSeveralScriptsArrivesUnchanged(RunningGateway own) {
        String prompt = ROSE + " – 🌹 «Ñandú» \r\n\"quoted\" \\ back\tslash";
        assertEdited(own.endpoint().edit(Form.empty().example("image", "input.png").text("prompt", prompt)));
        assertThat(own.lastSeenUpstream().field("prompt")).contains(prompt);
        String json = JsonNodeFactory.instance.objectNode().put("prompt", prompt)
                .put("image", Contract.dataUrl("input.png"))
                .toString();
        assertEdited(own.endpoint().edit(json));
        assertThat(own.lastSeenUpstream().field("prompt")).contains(prompt);
    }

    @Test
    void aParameterThatTheModelRefusesUpstreamIsDroppedAndTold(RunningGateway own) {
        Reply reply = own.endpoint().edit(Form.ofInput().text("input_fidelity", "high"));
        assertEdited(reply);
        assertThat(reply.header("x-retouch-dropped-parameters")).contains("input_fidelity");
        assertThat(own.lastSeenUpstream().field("input_fidelity")).isEmpty();
    }

    private void assertEdited(Reply reply) {
        assertThat(reply.images()).as(reply.beginning()).isNotEmpty()
                .allSatisfy(image -> assertThat(Picture.of(image).width()).isPositive());
        contract.assertValid("ImagesResponse", reply.text());
    }

    private static byte[] output(String command, Path folder) throws IOException, InterruptedException {
        Path out = folder.resolve("out.json");
        Process curl = new ProcessBuilder("sh", "-c", command).directory(folder.toFile()).redirectOutput(out.toFile())
                .redirectError(ProcessBuilder.Redirect.DISCARD).start();
        assertThat(curl.waitFor(30, TimeUnit.SECONDS)).isTrue();
        byte[] answer = Files.readAllBytes(out);
        assertThat(curl.exitValue()).as(new String(answer, StandardCharsets.UTF_8)).isZero();
        return answer;
    }
}
