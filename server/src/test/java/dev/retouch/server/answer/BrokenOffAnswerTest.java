package dev.retouch.server.answer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import java.util.stream.Stream;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

import dev.retouch.server.api.ContractDocument;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.error.ErrorEnvelopes;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Each wire with each form of the response, broken off after every byte, by an error and by an early end. What the client received
 * is compared with what the provider sent and with the charge: no image without a charge, no charge without an image but by a
 * stated rule, one end of each stream, and the same outcome however the bytes were cut.
 */
@Tag("slow")
class BrokenOffAnswerTest {

    private static final ObjectMapper MAPPER = new ObjectMapper();
    private static final int REQUESTED = 2;
    private static final Instant NOW = Instant.ofEpochSecond(99);
    private static final String ONE = Wires.png(1, 1);
    private static final String TWO = Wires.png(2, 1);
    private static final int LARGE = 60_000;
    private static final long SEED = Long.getLong("retouch.answers.seed", 7);

    private static final ErrorEnvelopes ENVELOPES = new ErrorEnvelopes(
            new ErrorCatalogue(ContractDocument.schemas()));

    @TempDir
    private Path folder;
    private EditResponses responses;
    private Level level;

    @BeforeEach
    void setUp() throws IOException {
        InstantSource clock = InstantSource.fixed(NOW);
        responses = new EditResponses(new Spool(folder, 1 << 20), MismatchPolicy.WARN,
                url -> Optional.of(fetched(url.endsWith("1") ? ONE : TWO)),
                new EventRelay(new InBandErrorWriter(ENVELOPES), Duration.ZERO, clock), clock);
        level = logger().getLevel();
        logger().setLevel(Level.WARN);
    }

    @AfterEach
    void restoreLevel() {
        logger().setLevel(level);
    }

    /** Each of thousands of cut-off streams is logged otherwise. */
    private static Logger logger() {
        return (Logger) LoggerFactory.getLogger(InBandErrorWriter.class);
    }

    /** What a provider sends; {@code finals} is the number of its images. */
    enum Wire {
        DOCUMENT(2,
                """
                        {"created":7,"data":[{"b64_json":"ONE"},{"b64_json":"TWO"}],"usage":{"input_tokens":3,"output_tokens":4}}"""), USAGE_FIRST(
                        2,
                        """
                                {"usage":{"input_tokens":3,"output_tokens":4},"data":[{"b64_json":"ONE","url":""},{"b64_json":"TWO"}]}"""), TOO_MANY(
                                3, """
                                        {"data":[{"b64_json":"ONE"},{"b64_json":"TWO"},{"b64_json":"ONE"}]}"""), LINKS(
                                        2,
                                        """
                                                {"data":[{"url":"https://images.example/1"},{"url":"https://images.example/2","b64_json":null}]}"""), EVENTS(
                                                2,
                                                """
                                                        event: image_edit.partial_image
                                                        data: {"type":"image_edit.partial_image","b64_json":"ONE","partial_image_index":0}

                                                        event: image_edit.completed
                                                        data: {"type":"image_edit.completed","b64_json":"ONE","usage":{"input_tokens":3,"output_tokens":4}}

                                                        event: image_edit.completed
                                                        data: {"type":"image_edit.completed","b64_json":"TWO"}

                                                        data: [DONE]

                                                        """), LATE_USAGE(
                                                        2,
                                                        """
                                                                data: {"b64_json":"ONE","type":"image_edit.completed"}

                                                                data: {"b64_json":"TWO","type":"image_edit.completed"}

                                                                data: {"type":"usage","usage":{"input_tokens":3,"output_tokens":4}}
                                                                """);

        private final int finals;
        private final String text;

        Wire(int finals, String text) {
            this.finals = finals;
            this.text = text;
        }
    }

    /** The end of what a provider sent. */
    private enum End {
        REGULAR, ERROR
    }

    /** What a client received of an edit, and what it costs. */
    private record Outcome(boolean begun, int finals, int partials, int errors, boolean ordered, String charge,
            int charged) {}

    static Stream<Arguments> wiresAndForms() {
        return Stream.of(Wire.values())
                .flatMap(wire -> Stream.of(OutputForm.values()).map(form -> Arguments.of(wire, form)));
    }

    @ParameterizedTest
    @MethodSource("wiresAndForms")
    void chargesForWhatTheClientReceivedAtEveryByte(Wire wire, OutputForm form) throws IOException {
        byte[] sent = bytes(wire, ONE, TWO);
        for (int length = 0; length <= sent.length; length++) {
            for (End end : End.values()) {
                check(wire, form, sent, length, end, new Random(SEED + length));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("wiresAndForms")
    void chargesForWhatTheClientReceivedOfLargeImages(Wire wire, OutputForm form) throws IOException {
        Random random = new Random(SEED);
        byte[] sent = bytes(wire, large(ONE), large(TWO));
        for (int number = 0; number < 12; number++) {
            int length = number == 0 ? sent.length : random.nextInt(sent.length);
            check(wire, form, sent, length, random.nextBoolean() ? End.REGULAR : End.ERROR, random);
        }
    }

    @ParameterizedTest
    @MethodSource("wiresAndForms")
    void chargesBeforeTheClientHasEverything(Wire wire, OutputForm form) throws IOException {
        byte[] sent = bytes(wire, ONE, TWO);
        RecordingCharge charge = new RecordingCharge();
        ByteArrayOutputStream unpaid = new ByteArrayOutputStream();
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try (Exchange exchange = new Exchange("req_1", 0)) {
            respond(wire, form, exchange, charge, new ScriptedStream(sent, sent.length, End.REGULAR, new int[0]))
                    .body().writeTo(new OutputStream() {
                        @Override
                        public void write(int value) {
                            all.write(value);
                            if (!charge.end().equals("settled")) {
                                unpaid.write(value);
                            }
                        }
                    });
        }
        assertThat(charge.images()).isEqualTo(REQUESTED);
        assertThat(unpaid.size()).isLessThan(all.size());
        assertThat(ofEvents(true, unpaid.toString(StandardCharsets.UTF_8), charge).finals).isLessThan(REQUESTED);
    }

    /** A document was done before its first byte and is charged in full; a stream is charged for the images that arrived. */
    @ParameterizedTest
    @MethodSource("wiresAndForms")
    void chargesWhereTheClientDisconnects(Wire wire, OutputForm form) throws IOException {
        byte[] sent = bytes(wire, ONE, TWO);
        for (int taken = 0; taken < sent.length; taken++) {
            RecordingCharge charge = new RecordingCharge();
            LimitedClient client = new LimitedClient(taken);
            try (Exchange exchange = new Exchange("req_1", 0)) {
                respond(wire, form, exchange, charge, new ScriptedStream(sent, sent.length, End.REGULAR, new int[0]))
                        .body().writeTo(client);
            } catch (IOException e) {
                assertThat(client.isGone()).as("%s", e).isTrue();
            }
            String what = wire + " as " + form + ", client reads " + taken + " bytes";
            Outcome received = ofEvents(true, client.text(), charge);
            if (form == OutputForm.EVENTS) {
                assertThat(charge.end()).as(what).isIn("settled", "abandoned");
                assertThat(charge.images()).as(what).isBetween(received.finals, REQUESTED);
                assertThat(received.partials == 0 || charge.images() > 0).as(what).isTrue();
            } else {
                assertThat(charge.end()).as(what).isEqualTo("settled");
                assertThat(charge.images()).as(what).isEqualTo(REQUESTED);
            }
        }
    }

    private EditResponse respond(Wire wire, OutputForm form, Exchange exchange, EditCharge charge, InputStream body) {
        ResponseContext context = new ResponseContext(form,
                new RequestedOutput(REQUESTED, null, null, Map.of("size", "auto")), new LinkedHashMap<>(),
                new InMemoryImageHost(), exchange, charge, () -> {}, false, Long.MAX_VALUE, ImageProgress.NONE);
        boolean events = wire.text.startsWith("event") || wire.text.startsWith("data");
        return responses.of(
                new IncomingAnswer(AnswerFormat.OPENAI, events, new RefusalPolicy(UnaryOperator.identity()), body),
                context);
    }

    private void check(Wire wire, OutputForm form, byte[] sent, int length, End end, Random random)
            throws IOException {
        String what = "%s as %s, %d of %d bytes, then %s".formatted(wire, form, length, sent.length, end);
        Outcome whole = outcome(wire, form, sent, length, end, new int[]{length});
        int[] cuts = sent.length > LARGE
                ? IntStream.generate(() -> 1 + random.nextInt(40_000)).limit(64).toArray()
                : IntStream.generate(() -> 1).limit(length).toArray();
        assertThat(outcome(wire, form, sent, length, end, cuts)).as(what + ", cut").isEqualTo(whole);

        if (whole.charge.equals("settled")) {
            boolean onlyPartials = form == OutputForm.EVENTS && whole.finals == 0 && whole.partials > 0;
            assertThat(whole.charged).as(what).isEqualTo(onlyPartials ? 1 : whole.finals).isPositive();
        } else {
            assertThat(whole.finals).as(what + ": " + whole).isZero();
            assertThat(whole.charge).as(what).isIn("released", "undecided");
        }
        assertThat(whole.finals).as(what).isLessThanOrEqualTo(Math.min(REQUESTED, wire.finals));
        if (length == sent.length && end == End.REGULAR) {
            assertThat(whole.finals).as(what).isEqualTo(REQUESTED);
        }
        if (form == OutputForm.EVENTS && whole.begun) {
            boolean complete = whole.finals == REQUESTED || (whole.finals > 0 && end == End.REGULAR);
            assertThat(whole.errors).as(what + ": " + whole).isEqualTo(complete && whole.errors == 0 ? 0 : 1);
            assertThat(whole.errors == 0 || whole.finals < REQUESTED).as(what + ": " + whole).isTrue();
            assertThat(whole.ordered).as(what + ": nothing follows the end").isTrue();
        }
    }

    private Outcome outcome(Wire wire, OutputForm form, byte[] sent, int length, End end, int[] cuts)
            throws IOException {
        RecordingCharge charge = new RecordingCharge();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        boolean begun = false;
        boolean complete = false;
        try (Exchange exchange = new Exchange("req_1", 0)) {
            EditResponse response = respond(wire, form, exchange, charge, new ScriptedStream(sent, length, end, cuts));
            begun = true;
            response.body().writeTo(out);
            complete = true;
        } catch (IOException | RuntimeException e) {
            assertThat(charge.end()).as("the charge after %s", e).isNotEqualTo("open");
        }
        return form == OutputForm.EVENTS
                ? ofEvents(begun, out.toString(StandardCharsets.UTF_8), charge)
                : new Outcome(begun, complete ? imagesOf(out.toByteArray()) : 0, 0, 0, true, charge.end(),
                        charge.images());
    }

    private ImageBytes fetched(String base64) {
        try (Spool.Writer writer = new Spool(folder, 1 << 20).newWriter()) {
            writer.write(Base64.getDecoder().decode(base64));
            return writer.finish();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int imagesOf(byte[] document) throws IOException {
        int images = 0;
        for (JsonNode image : MAPPER.readTree(document).path("data")) {
            assertThat(image.has("b64_json") || image.has("url")).isTrue();
            images++;
        }
        return images;
    }

    /** Reads events as clients do: an event counts if it ends with a blank line and its data is JSON. */
    private static Outcome ofEvents(boolean begun, String text, RecordingCharge charge) {
        String ended = text.substring(0, Math.max(0, text.lastIndexOf("\n\n")));
        List<String> types = Stream.of(ended.split("\n\n")).map(BrokenOffAnswerTest::typeOf).flatMap(Optional::stream)
                .toList();
        int errors = (int) types.stream().filter("error"::equals).count();
        return new Outcome(begun, (int) types.stream().filter("image_edit.completed"::equals).count(),
                (int) types.stream().filter("image_edit.partial_image"::equals).count(), errors,
                errors == 0 || types.getLast().equals("error"), charge.end(), charge.images());
    }

    private static Optional<String> typeOf(String block) {
        int data = block.indexOf("data: ");
        try {
            return data < 0
                    ? Optional.empty()
                    : Optional.of(MAPPER.readTree(block.substring(data + 6)).path("type").asText());
        } catch (JsonProcessingException e) {
            return Optional.empty();
        }
    }

    private static byte[] bytes(Wire wire, String one, String two) {
        return wire.text.replace("ONE", one).replace("TWO", two).getBytes(StandardCharsets.UTF_8);
    }

    /** The image with bytes behind its end, so that it is larger than every buffer. */
    private static String large(String image) {
        byte[] small = Base64.getDecoder().decode(image);
        byte[] large = new byte[LARGE];
        new Random(SEED).nextBytes(large);
        System.arraycopy(small, 0, large, 0, small.length);
        return Base64.getEncoder().encodeToString(large);
    }

    /** A client that disconnects after some bytes. */
    private static final class LimitedClient extends OutputStream {

        private final ByteArrayOutputStream read = new ByteArrayOutputStream();
        private final int max;
        private boolean gone;

        LimitedClient(int max) {
            this.max = max;
        }

        @Override
        public void write(int value) throws IOException {
            if (read.size() == max) {
                gone = true;
                throw new IOException("broken pipe");
            }
            read.write(value);
        }

        boolean isGone() {
            return gone;
        }

        String text() {
            return read.toString(StandardCharsets.UTF_8);
        }
    }

    /** The first bytes of an answer in pieces of given sizes, then a regular end or an error. */
    private static final class ScriptedStream extends InputStream {

        private final byte[] sent;
        private final int length;
        private final End end;
        private final int[] cuts;
        private int position;
        private int piece;

        ScriptedStream(byte[] sent, int length, End end, int[] cuts) {
            this.sent = sent;
            this.length = length;
            this.end = end;
            this.cuts = cuts;
        }

        @Override
        public int read() {
            throw new UnsupportedOperationException("the gateway reads buffers");
        }

        @Override
        public int read(byte[] target, int offset, int max) throws IOException {
            if (position == length) {
                if (end == End.ERROR) {
                    throw new IOException("connection reset");
                }
                return -1;
            }
            int size = piece < cuts.length ? cuts[piece] : length;
            piece++;
            int count = Math.min(Math.min(size, max), length - position);
            System.arraycopy(sent, position, target, offset, count);
            position += count;
            return count;
        }
    }
}
