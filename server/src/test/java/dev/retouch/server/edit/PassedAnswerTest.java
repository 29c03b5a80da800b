package dev.retouch.server.edit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.fixture.Pieces;
import dev.retouch.server.hosting.HostedFiles;
import dev.retouch.server.hosting.LinkSigner;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.Cancellation.Reason;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.policy.Differences;
import dev.retouch.server.upstream.UpstreamAnswer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Answers in base64, long and short, and as events. */
class PassedAnswerTest {

    private static final String USAGE = "\"usage\":{\"input_tokens\":9,\"output_tokens\":5,"
            + "\"input_tokens_details\":{\"text_tokens\":2,\"image_tokens\":7}}";
    private static final String LONG = answer("QUJD".repeat(100_000));

    private final Exchange exchange = new Exchange("req_test", 0);
    private final RecordingBill bill = new RecordingBill();
    private final List<String> places = new ArrayList<>();
    private final Path folder;

    PassedAnswerTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private static String answer(String image) {
        return "{\"created\":1795251600,\"data\":[{\"b64_json\":\"" + image + "\"}],\"size\":\"40x30\"," + USAGE + "}";
    }

    private EditAnswers answers(Differences differences) throws IOException {
        JsonFactory json = new JsonFactory();
        ManualClock clock = ManualClock.atSomeTime();
        java.time.Duration hour = java.time.Duration.ofHours(1);
        HostedFiles files = new HostedFiles(folder, new LinkSigner(folder, clock, hour), clock, hour);
        Spool spool = new Spool(folder.resolve("tmp"), 1000);
        return new EditAnswers(json, new LinkedImages(json, files), AnswersForTests.relay(json, spool), spool,
                differences);
    }

    private Delivery delivery(int images, boolean outlasts) {
        return new Delivery(new Asked(images, Optional.empty(), Optional.empty(), Map.of("quality", "low")),
                Map.of("a", "b"),
                URI.create("http://here"), exchange, bill, () -> places.add("free"), outlasts);
    }

    private static UpstreamAnswer upstream(InputStream body) {
        return new UpstreamAnswer(false, OptionalLong.empty(), Optional.empty(), body);
    }

    private static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Fails at its first byte. */
    private static final class ClosedPipe extends OutputStream {
        @Override
        public void write(int value) throws IOException {
            throw new IOException("broken pipe");
        }
    }

    @Test
    void aLongAnswerIsPassedOnByteForByteAndToldAfterwards() throws IOException {
        EditAnswer answer = answers(Differences.WARN).base64(
                upstream(Pieces.random(LONG.getBytes(StandardCharsets.UTF_8), 3000, new Random(1))),
                delivery(2, false));
        assertThat(answer.headers()).containsEntry("trailer", "x-retouch-cost, x-retouch-warning")
                .containsEntry("a", "b").doesNotContainKey("content-length");
        assertThat(bill.told()).isEmpty();

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Map<String, String> trailers = answer.body().writeTo(out);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(LONG);
        assertThat(trailers).containsEntry("x-retouch-cost", "1 USD").containsEntry("x-retouch-warning",
                "asked for 2 images, got 1");
        assertThat(bill.told()).containsExactly("delivered 1 for 2+7+5");
        assertThat(places).containsExactly("free");
    }

    /** Whoever has the last byte has the whole, so it comes after the charge. */
    @Test
    void theLastByteComesAfterTheCharge() throws IOException {
        List<Integer> before = new ArrayList<>();
        ByteArrayOutputStream out = new ByteArrayOutputStream() {
            @Override
            public synchronized void write(byte[] bytes, int offset, int length) {
                super.write(bytes, offset, length);
                if (bill.told().isEmpty()) {
                    before.add(count);
                }
            }
        };
        answers(Differences.WARN).base64(upstream(stream(LONG)), delivery(1, false)).body().writeTo(out);
        assertThat(before).isNotEmpty().allMatch(count -> count < LONG.length());
        assertThat(out.size()).isEqualTo(LONG.length());
    }

    @ParameterizedTest
    @EnumSource(Differences.class)
    void aShortAnswerIsToldInHeaders(Differences differences) throws IOException {
        EditAnswer answer = answers(differences).base64(upstream(stream(answer("QUJD"))), delivery(1, false));
        assertThat(answer.headers()).containsEntry("x-retouch-cost", "1 USD").doesNotContainKey("trailer")
                .containsEntry("content-length", Integer.toString(answer("QUJD").length()));
        assertThat(places).containsExactly("free");
    }

    /** An answer that is to be refused where it differs cannot have begun before. */
    @Test
    void aLongAnswerIsWaitedForWhereItMayBeRefused() throws IOException {
        EditAnswers strict = answers(Differences.REFUSE);
        assertThat(strict.base64(upstream(stream(LONG)), delivery(1, false)).headers())
                .containsEntry("content-length", Integer.toString(LONG.length()));
        assertThat(Failures.of(() -> strict.base64(upstream(stream(LONG)), delivery(2, false))).message())
                .isEqualTo(ErrorMessage.UPSTREAM_ANSWER_DIFFERS);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{\"data\":[]}", "<html>", "{\"error\":"})
    void whatIsNoEditIsRefusedHoweverLongItIs(String begin) throws IOException {
        EditAnswers answers = answers(Differences.WARN);
        for (String json : List.of(begin, begin + " ".repeat(100_000))) {
            assertThat(Failures.of(() -> answers.base64(upstream(stream(json)), delivery(1, false))).message())
                    .isEqualTo(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        }
    }

    @Test
    void anAnswerThatBreaksOffBreaksOffAndNobodyKnows() throws IOException {
        byte[] part = LONG.substring(0, 90_000).getBytes(StandardCharsets.UTF_8);
        for (InputStream body : List.of(Pieces.broken(part), new ByteArrayInputStream(part))) {
            EditAnswer answer = answers(Differences.WARN).base64(upstream(body), delivery(1, false));
            assertThat(Failures.of(() -> answer.body().writeTo(new ByteArrayOutputStream())).message())
                    .isEqualTo(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT);
        }
        assertThat(bill.told()).containsExactly("undecided", "undecided");
    }

    @Test
    void aCallerWhoGoesAwayPaysForWhatWasDone() throws IOException {
        EditAnswer answer = answers(Differences.WARN).base64(upstream(stream(LONG)), delivery(2, false));
        assertThatThrownBy(() -> answer.body().writeTo(new ClosedPipe())).isInstanceOf(IOException.class);

        EditAnswer canceled = answers(Differences.WARN).base64(upstream(stream(LONG)), delivery(2, false));
        exchange.cancellation().cancel(Reason.CLIENT_GONE);
        assertThatThrownBy(() -> canceled.body().writeTo(new ByteArrayOutputStream())).isInstanceOf(IOException.class);
        assertThat(bill.told()).containsExactly("delivered 2", "delivered 2");
    }

    @Test
    void anAnswerThatOutlastsItsCallerIsReadToItsEnd() throws IOException {
        EditAnswer answer = answers(Differences.WARN).base64(upstream(stream(LONG)), delivery(1, true));
        answer.body().writeTo(new ClosedPipe());
        assertThat(bill.told()).containsExactly("delivered 1 for 2+7+5");
    }

    @Test
    void anUpstreamWithoutEventsIsMadeToHaveThem() throws IOException {
        String json = "{\"data\":[{\"b64_json\":\"QUJD\"},{\"b64_json\":\"REVG\"}],\"created\":7,\"size\":\"40x30\","
                + USAGE + "}";
        EditAnswer answer = answers(Differences.WARN).events(upstream(stream(json)), delivery(2, false));
        assertThat(answer.streamed()).isTrue();
        assertThat(answer.headers()).containsEntry("x-retouch-cost", "2 USD");
        assertThat(bill.told()).containsExactly("delivered 2 for 2+7+5");

        ByteArrayOutputStream out = new ByteArrayOutputStream();
        answer.body().writeTo(out);
        List<JsonNode> events = new ArrayList<>();
        for (String event : out.toString(StandardCharsets.UTF_8).split("\n\n")) {
            assertThat(event).startsWith("event: image_edit.completed\ndata: {").doesNotContain("\n\n");
            events.add(new ObjectMapper().readTree(event.substring(event.indexOf('{'))));
        }
        assertThat(events).extracting(event -> event.path("b64_json").asText()).containsExactly("QUJD", "REVG");
        assertThat(events).allSatisfy(event -> {
            assertThat(event.path("type").asText()).isEqualTo("image_edit.completed");
            assertThat(event.path("created_at").asLong()).isEqualTo(7);
            assertThat(event.path("size").asText()).isEqualTo("40x30");
            assertThat(event.path("quality").asText()).isEqualTo("low");
            assertThat(event.path("background").asText()).isEqualTo("auto");
        });
        assertThat(events.get(0).has("usage")).isFalse();
        assertThat(events.get(1).path("usage").path("output_tokens").asInt()).isEqualTo(5);
    }
}
