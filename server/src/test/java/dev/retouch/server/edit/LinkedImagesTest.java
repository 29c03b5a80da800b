package dev.retouch.server.edit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.fixture.Pieces;
import dev.retouch.server.hosting.HostedFiles;
import dev.retouch.server.hosting.LinkSigner;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.policy.Differences;
import dev.retouch.server.upstream.UpstreamAnswer;

import static org.assertj.core.api.Assertions.assertThat;

class LinkedImagesTest {

    private static final URI BASE = URI.create("http://127.0.0.1:8080");

    private final Path folder;
    private final EditAnswers answers;
    private final RecordingBill bill = new RecordingBill();
    private final Exchange exchange = new Exchange("req_test", 0);

    LinkedImagesTest(@TempDir Path dataDir) throws IOException {
        this.folder = dataDir.resolve("files");
        ManualClock clock = ManualClock.atSomeTime();
        Duration hour = Duration.ofHours(1);
        HostedFiles files = new HostedFiles(dataDir, new LinkSigner(dataDir, clock, hour), clock, hour);
        JsonFactory json = new JsonFactory();
        Spool spool = new Spool(dataDir.resolve("tmp"), 1000);
        this.answers = new EditAnswers(json, new LinkedImages(json, files), AnswersForTests.relay(json, spool), spool,
                Differences.WARN);
    }

    private static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private EditAnswer answer(InputStream answer, int images, boolean both) {
        Asked asked = new Asked(images, Optional.of("40x30"), Optional.of("jpeg"), Map.of());
        return answers.links(new UpstreamAnswer(false, OptionalLong.empty(), Optional.empty(), answer),
                new Delivery(asked, Map.of("a", "b"), BASE, exchange, bill, () -> {}, false), both);
    }

    private static JsonNode document(EditAnswer answer) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        answer.body().writeTo(out);
        return new ObjectMapper().readTree(out.toByteArray());
    }

    private JsonNode rewrite(InputStream answer) throws IOException {
        return document(answer(answer, 2, false));
    }

    private static InputStream stream(String json) {
        return new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8));
    }

    private Path file(JsonNode image) {
        String path = URI.create(image.path("url").asText()).getPath();
        return folder.resolve(path.substring("/files/".length()));
    }

    @Test
    void eachImageBecomesALinkAndTheRestStays() throws IOException {
        byte[] png = Pictures.png(300, 200);
        byte[] jpeg = Pictures.jpeg(40, 30);
        String json = """
                {"created": 1795251600, "data": [{"b64_json": "%s", "revised_prompt": "eine Rose 玫瑰"}, {"b64_json": "%s"}],
                 "usage": {"total_tokens": 12345678901, "ratio": 0.25}, "size": null, "extra": [true, {"x": "b64_json"}]}"""
                .formatted(base64(png), base64(jpeg));

        for (InputStream answer : new InputStream[]{stream(json),
                Pieces.single(json.getBytes(StandardCharsets.UTF_8))}) {
            JsonNode rewritten = rewrite(answer);
            JsonNode expected = new ObjectMapper().readTree(json);
            assertThat(file(rewritten.path("data").path(0))).hasBinaryContent(png);
            assertThat(file(rewritten.path("data").path(1))).hasBinaryContent(jpeg);
            assertThat(rewritten.path("data").path(0).has("b64_json")).isFalse();
            assertThat(rewritten.path("data").path(0).path("revised_prompt").asText()).isEqualTo("eine Rose 玫瑰");
            assertThat(rewritten.path("usage")).isEqualTo(expected.path("usage"));
            assertThat(rewritten.path("extra")).isEqualTo(expected.path("extra"));
            assertThat(rewritten.path("size").isNull()).isTrue();
            assertThat(rewritten.path("created")).isEqualTo(expected.path("created"));
        }
        assertThat(bill.told()).containsExactly("delivered 2", "delivered 2");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{}", "{\"data\": []}", "{\"data\": [{\"url\": \"http://elsewhere\"}]}", "<html>", "[",
            "{\"data\": [{\"b64_json\": null}]}", "{\"data\": [{\"b64_json\": 7}]}", "{\"data\": [{\"b64_json\": {}}]}",
            "{\"data\": [{\"b64_json\": \"!!!\"}]}", "{\"data\": [{\"b64_json\": \"\"}]}",
            "{\"data\": [{\"b64_json\": \"aGVsbG8gd29ybGQsIG5vIGltYWdl\"}]}"})
    void anAnswerWithoutAnImageIsNoEdit(String json) throws IOException {
        assertThat(Failures.of(() -> rewrite(stream(json))).message())
                .isEqualTo(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).isEmpty();
        }
        assertThat(bill.told()).isEmpty();
    }

    /** The text of the prompt is the cheaper kind; where nobody says how much of the input it was, none of it was. */
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            {"input_tokens": 10, "output_tokens": 5, "input_tokens_details": {"text_tokens": 3, "image_tokens": 7}} | delivered 1 for 3+7+5
            {"input_tokens": 10, "output_tokens": 5, "output_tokens_details": {"text_tokens": 3, "image_tokens": 2}} | delivered 1 for 0+10+5
            {"input_tokens": 10, "output_tokens": 5, "input_tokens_details": {"text_tokens": 1, "image_tokens": 1}} | delivered 1 for 0+10+5
            {"total_tokens": 10} | delivered 1
            null | delivered 1
            """)
    void theUsageIsTakenFromTheAnswer(String usage, String told) {
        String image = "{\"b64_json\":\"" + base64(Pictures.jpeg(40, 30)) + "\"}";
        for (String json : List.of("{\"usage\":" + usage + ",\"data\":[" + image + "]}",
                "{\"data\":[" + image + "],\"usage\":" + usage + ",\"size\":\"40x30\"}")) {
            EditAnswer links = answer(stream(json), 1, false);
            assertThat(links.headers()).containsEntry("x-retouch-cost", "1 USD");
            answers.base64(new UpstreamAnswer(false, OptionalLong.empty(), Optional.empty(), stream(json)),
                    new Delivery(new Asked(1, Optional.empty(), Optional.empty(), Map.of()), Map.of(), BASE, exchange,
                            bill, () -> {}, false));
        }
        assertThat(bill.told()).containsOnly(told).hasSize(4);
    }

    @Test
    void bothFormsStandBesideEachOther() throws IOException {
        byte[] jpeg = Pictures.jpeg(40, 30);
        JsonNode image = document(answer(stream("{\"data\":[{\"b64_json\":\"" + base64(jpeg) + "\"}]}"), 1, true))
                .path("data").path(0);

        assertThat(file(image)).hasBinaryContent(jpeg);
        assertThat(image.path("b64_json").binaryValue()).isEqualTo(jpeg);
    }

    @Test
    void whatIsNotWhatWasAskedForIsSaid() {
        String jpeg = "{\"b64_json\":\"" + base64(Pictures.jpeg(40, 30)) + "\"}";
        String png = "{\"b64_json\":\"" + base64(Pictures.png(64, 64)) + "\"}";

        assertThat(answer(stream("{\"data\":[" + jpeg + "]}"), 1, false).headers()).containsEntry("a", "b")
                .doesNotContainKey("x-retouch-warning");
        assertThat(answer(stream("{\"data\":[" + png + "]}"), 2, false).headers()).containsEntry("x-retouch-warning",
                "asked for 2 images, got 1; asked for 40x30, got 64x64; asked for jpeg, got png");
    }

    /** An answer that breaks off is an error, wherever it does, and the image that was half there is gone. */
    @Test
    void anAnswerCutAnywhereIsNoEdit() throws IOException {
        byte[] json = ("{\"data\":[{\"b64_json\":\"" + base64(Pictures.palettePng(3, 3)) + "\"}],\"size\":\"3x3\"}")
                .getBytes(StandardCharsets.UTF_8);
        for (int length = 0; length < json.length; length++) {
            byte[] cut = java.util.Arrays.copyOf(json, length);
            assertThat(Failures.of(() -> rewrite(Pieces.broken(cut))).message()).as("%d bytes", length)
                    .isEqualTo(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
            assertThat(Failures.of(() -> rewrite(new ByteArrayInputStream(cut))).message()).as("%d bytes", length)
                    .isEqualTo(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        }
        try (Stream<Path> left = Files.list(folder)) {
            assertThat(left).noneMatch(path -> path.getFileName().toString().startsWith("new-"));
        }
    }
}
