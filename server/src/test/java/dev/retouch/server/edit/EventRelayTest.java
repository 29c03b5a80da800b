package dev.retouch.server.edit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.fixture.Pieces;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.Cancellation.Reason;
import dev.retouch.server.intake.Exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class EventRelayTest {

    private static final String PARTIAL = "event: image_edit.partial_image\ndata: {\"type\":\"image_edit.partial_image\","
            + "\"b64_json\":\"" + "QUJD".repeat(10_000) + "\"}\n\n";
    private static final String COMPLETED = "event: image_edit.completed\ndata: {\"type\":\"image_edit.completed\","
            + "\"b64_json\":\"QUJD\"}\n\n";
    private static final String ERROR = "event: error\ndata: {\"error\":{\"message\":\"no\"}}\n\n";

    private final FlushCounter out = new FlushCounter();
    private final RecordingBill bill = new RecordingBill();
    private final Exchange exchange = new Exchange("req_test", 0);
    private final EventRelay relay;

    EventRelayTest(@TempDir Path folder) throws IOException {
        this.relay = AnswersForTests.relay(new JsonFactory(), new Spool(folder, 1000));
    }

    /** Remembers how much was there at every flush. */
    private static final class FlushCounter extends ByteArrayOutputStream {

        private final List<Integer> flushedAt = new ArrayList<>();

        @Override
        public synchronized void flush() {
            flushedAt.add(count);
        }
    }

    private String relay(InputStream events) throws IOException {
        relay.relay(events, out, 1, bill, exchange);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String relay(String events) throws IOException {
        return relay(new ByteArrayInputStream(bytes(events)));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {COMPLETED, ERROR, ": keep-alive\n\n" + COMPLETED,
            COMPLETED + "data: [DONE]\n\n", "event:image_edit.completed\r\ndata:{}\r\n\r\n",
            "id: 7\nevent: image_edit.completed\ndata: {}\n\n",
            "id: 7\n: a comment\nevent: image_edit.completed\ndata: {}\n\n"})
    void wholeStreamsPassByteForByte(String events) throws IOException {
        assertThat(relay(events)).isEqualTo(events);
    }

    @Test
    void largeEventsPassHoweverTheyAreCut() throws IOException {
        String events = PARTIAL + PARTIAL + COMPLETED;
        assertThat(relay(events)).isEqualTo(events);
        out.reset();
        assertThat(relay(Pieces.single(bytes(events)))).isEqualTo(events);
        out.reset();
        assertThat(relay(Pieces.random(bytes(events), 3000, new Random(3)))).isEqualTo(events);
    }

    /** A streamed picture that waits in a buffer is no streamed picture. */
    @Test
    void whatHasComeIsOutAtOnce() throws IOException {
        byte[] events = bytes("event: image_edit.partial_image\ndata: {}\n\n" + COMPLETED);
        relay(Pieces.cut(events, 42));

        assertThat(out.flushedAt).startsWith(42).endsWith(events.length);
    }

    /** Half an event that would have ended something is not passed on. */
    @ParameterizedTest
    @ValueSource(strings = {"|", "event: image_edit.partial_image\ndata: {}\n\n|", "|event: image_edit.completed\n",
            "|event: image_edit.completed\ndata: {\"b64", "|event: image_edit.compl", ": keep-alive\n\n|",
            "data: image_edit.completed\n\n|", "event: image_edit.completed.not\ndata: {}\n\n|",
            ": keep-alive\n|event: image_edit.completed\ndata: {}\n"})
    void aStreamThatStopsEndsInOneError(String text) throws IOException {
        String events = text.replace("|", "");
        String passed = text.substring(0, text.indexOf('|'));
        String relayed = relay(Pieces.broken(bytes(events)));
        assertThat(relayed).startsWith(passed);
        endsInOneError(relayed.substring(passed.length()));
        assertThat(bill.told()).containsExactly("failed");

        out.reset();
        assertThat(relay(events)).as("ended without breaking").isEqualTo(relayed);
    }

    private static void endsInOneError(String end) throws IOException {
        assertThat(end).startsWith("\n\nevent: error\ndata: {").endsWith("}\n\n").containsOnlyOnce("event: error");
        JsonNode error = new ObjectMapper().readTree(end.substring(end.indexOf('{'))).path("error");
        assertThat(error.path("message").asText())
                .isEqualTo("The upstream answered with something that is not an edit.");
        assertThat(error.path("type").asText()).isEqualTo("upstream_error");
        assertThat(error.path("code").asText()).isEqualTo("upstream_failed");
        assertThat(error.has("param")).isTrue();
        assertThat(error.path("param").isNull()).isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {COMPLETED, ERROR})
    void aConnectionThatBreaksAfterTheEndIsNoError(String events) throws IOException {
        assertThat(relay(Pieces.broken(bytes(events)))).isEqualTo(events);
    }

    private static String completed(String more) {
        return "event: image_edit.completed\ndata: {\"type\":\"image_edit.completed\",\"b64_json\":\""
                + "QUJD".repeat(2000)
                + "\"" + more + "}\n\n";
    }

    @Test
    void aStreamIsChargedByTheUsageOfItsLastEvent() throws IOException {
        String events = PARTIAL + completed(",\"usage\":{\"input_tokens\":9,\"output_tokens\":5,"
                + "\"input_tokens_details\":{\"text_tokens\":2,\"image_tokens\":7}}");
        assertThat(relay(Pieces.random(bytes(events), 700, new Random(5)))).isEqualTo(events);
        assertThat(bill.told()).containsExactly("delivered 1 for 2+7+5");
    }

    @Test
    void severalImagesAreChargedTogether() throws IOException {
        String one = completed(",\"usage\":{\"input_tokens\":9,\"output_tokens\":5}");
        relay.relay(new ByteArrayInputStream(bytes(one + one)), out, 2, bill, exchange);
        assertThat(bill.told()).containsExactly("delivered 2 for 0+18+10");
    }

    @Test
    void fewerImagesThanAskedAreChargedAsDelivered() throws IOException {
        relay.relay(new ByteArrayInputStream(bytes(COMPLETED)), out, 2, bill, exchange);
        assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo(COMPLETED);
        assertThat(bill.told()).containsExactly("delivered 1");
    }

    @Test
    void aStreamThatBreaksBeforeItsLastImageEndsInAnErrorAndIsChargedAsDelivered() throws IOException {
        relay.relay(Pieces.broken(bytes(COMPLETED)), out, 2, bill, exchange);
        endsInOneError(out.toString(StandardCharsets.UTF_8).substring(COMPLETED.length()));
        assertThat(bill.told()).containsExactly("delivered 1");
    }

    @Test
    void anErrorIsNotCharged() throws IOException {
        relay(PARTIAL + ERROR);
        assertThat(bill.told()).containsExactly("failed");
    }

    /** Otherwise a caller could have the image while nobody has the money. */
    @Test
    void theChargeComesBeforeTheLastEvent() {
        IOException gone = new IOException("broken pipe");
        assertThatThrownBy(() -> relay.relay(new ByteArrayInputStream(bytes(COMPLETED)), new java.io.OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw gone;
            }
        }, 1, bill, exchange)).isSameAs(gone);
        assertThat(bill.told()).containsExactly("delivered 1");
    }

    @Test
    void nothingOfAnUpstreamsFailureIsTold() throws IOException {
        assertThat(relay(Pieces.broken(bytes(PARTIAL)))).doesNotContain("connection reset", "Exception");
    }

    /** Nobody listens any more, so the upstream need not go on; whoever called closes it. */
    @Test
    void aCallerThatIsGoneEndsIt() {
        IOException gone = new IOException("broken pipe");
        InputStream events = new ByteArrayInputStream(bytes(PARTIAL + COMPLETED));
        assertThatThrownBy(() -> relay.relay(events, new java.io.OutputStream() {
            @Override
            public void write(int value) throws IOException {
                throw gone;
            }
        }, 1, bill, exchange)).isSameAs(gone);
        assertThat(bill.told()).containsExactly("abandoned");
    }

    @Test
    void aCallerWhoHasSeenAPartialImageIsCharged() {
        InputStream events = new SequenceInputStream(new ByteArrayInputStream(bytes(PARTIAL)), new InputStream() {
            @Override
            public int read(byte[] target, int offset, int length) {
                return read();
            }

            @Override
            public int read() {
                exchange.cancellation().cancel(Reason.CLIENT_GONE);
                return exchange.cancellation().<Integer, RuntimeException>interruptibly(() -> -1);
            }
        });
        assertThatThrownBy(() -> relay(events)).isInstanceOf(IOException.class);
        assertThat(bill.told()).containsExactly("delivered 1");
    }

    /** It has the name of an image and none that anybody could read. */
    @Test
    void anEndThatNobodyCanReadIsNoneAndCostsNothing() throws IOException {
        String spoilt = "event: image_edit.completed\ndata: {\"b64_json\":\"QUJD\n\n";
        String relayed = relay(PARTIAL + spoilt);
        assertThat(relayed).startsWith(PARTIAL);
        endsInOneError(relayed.substring(PARTIAL.length()));
        assertThat(bill.told()).containsExactly("failed");
    }

    @ParameterizedTest
    @ValueSource(strings = {COMPLETED, ERROR})
    void whatWouldEndAStreamTwiceIsLeftOut(String again) throws IOException {
        assertThat(relay(COMPLETED + again + "data: [DONE]\n\n")).isEqualTo(COMPLETED + "data: [DONE]\n\n");
        assertThat(bill.told()).containsExactly("delivered 1");
    }

    /** The silence lasts until a comment has come, so this needs no clock. */
    @Test
    void aSilentStreamGetsCommentsBetweenItsEvents(@TempDir Path folder) throws IOException {
        EventRelay talkative = new EventRelay(new JsonFactory(), new Spool(folder, 1000), AnswersForTests.errors(),
                Duration.ofMillis(1));
        String comment = ": keep-alive\n\n";
        InputStream silent = new InputStream() {
            @Override
            public int read(byte[] target, int offset, int length) {
                return read();
            }

            @Override
            public int read() {
                while (!out.toString(StandardCharsets.UTF_8).endsWith(comment)) {
                    Thread.onSpinWait();
                }
                return -1;
            }
        };
        talkative.relay(
                new SequenceInputStream(new SequenceInputStream(new ByteArrayInputStream(bytes(PARTIAL)), silent),
                        Pieces.single(bytes(COMPLETED))),
                out, 1, bill, exchange);
        String relayed = out.toString(StandardCharsets.UTF_8);
        assertThat(relayed).contains(comment);
        assertThat(relayed.replace(comment, "")).isEqualTo(PARTIAL + COMPLETED);
    }
}
