package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;

import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartCompliance;
import org.eclipse.jetty.io.Content;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.retouch.server.fixture.ChunkedInputStream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * The parser beside Jetty's on the same bodies, whole and damaged. Where both accept a body, they find the same parts. Where one of
 * them does not, it is for a known reason.
 */
class MultipartDifferentialTest {

    private static final int BODIES = Integer.getInteger("retouch.multipart.bodies", 3_000);
    private static final long SEED = Long.getLong("retouch.multipart.seed", 1);
    private static final String BOUNDARY = "--b0undary";
    private static final List<String> PIECES = List.of("\r\n", "\r", "\n", "--", "-", "\r\n--" + BOUNDARY,
            "--" + BOUNDARY, "\r\n--" + BOUNDARY + "--", "\r\n--" + BOUNDARY.substring(0, 7), " ", "\t", "a", "\0",
            "Content-Disposition: form-data; name=\"x\"", ": ", "\u00ff");

    private static final String NO_NAME = "a part has no name in its Content-Disposition";
    /** What only Jetty refuses: line ends of one character, odd bytes and names in headers, delimiters in headers. */
    private static final List<String> LENIENT = List.of("LF_LINE_TERMINATION", "CR_LINE_TERMINATION", "400: invalid",
            "unexpected EOF in PREAMBLE", "unexpected EOF in HEADER", NO_NAME);

    /** What only this parser refuses; Jetty ends a body also at a delimiter with a blank before the two dashes. */
    private static final List<String> STRICT = List.of(NO_NAME, "a boundary is not followed by a line end");

    /** A part: the values of its Content-Disposition, and its bytes in hexadecimal. */
    private record Part(String name, Optional<String> fileName, String content) {}

    /** What a parser makes of a body: its parts, or the reason why it is refused. */
    private record Outcome(List<Part> parts, @Nullable String refusal) {

        boolean accepted() {
            return refusal == null;
        }
    }

    @Test
    void bothParsersFindTheSameParts() throws IOException {
        SplittableRandom random = new SplittableRandom(SEED);
        int both = 0;
        for (int number = 0; number < BODIES; number++) {
            byte[] body = body(random);
            Outcome own = own(body, random);
            Outcome other = jetty(body);
            String shown = "seed " + SEED + ", body " + number + ":\n"
                    + new String(body, StandardCharsets.ISO_8859_1) + "\nown: " + own + "\nJetty: " + other;
            if (hasOddDelimiter(body)) {
                continue;
            }
            if (own.accepted() && other.accepted()) {
                both++;
                assertThat(own.parts()).as(shown).isEqualTo(other.parts());
            } else if (own.accepted()) {
                assertThat(LENIENT).as(shown).anyMatch(String.valueOf(other.refusal())::startsWith);
            } else if (other.accepted()) {
                assertThat(STRICT).as(shown).contains(String.valueOf(own.refusal()));
            }
        }
        assertThat(both).as("bodies that both accept").isGreaterThan(BODIES / 3);
    }

    private static byte[] body(SplittableRandom random) {
        FormEncoder form = new FormEncoder(BOUNDARY);
        if (random.nextInt(10) == 0) {
            form.raw("preamble " + piece(random) + "\r\n");
        }
        for (int count = random.nextInt(4); count >= 0; count--) {
            if (random.nextBoolean()) {
                form.text("field" + count, content(random));
            } else {
                form.file("image[]", "a b.png", content(random).getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        byte[] body = random.nextInt(12) == 0 ? form.unfinished() : form.end();
        return random.nextInt(3) == 0 ? damaged(body, random) : body;
    }

    private static String content(SplittableRandom random) {
        StringBuilder content = new StringBuilder();
        for (int count = random.nextInt(6); count > 0; count--) {
            String piece = piece(random);
            content.append(piece.contains(BOUNDARY) && random.nextInt(8) > 0 ? "a" : piece);
        }
        return content.toString();
    }

    private static String piece(SplittableRandom random) {
        return PIECES.get(random.nextInt(PIECES.size()));
    }

    private static byte[] damaged(byte[] body, SplittableRandom random) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int at = random.nextInt(body.length);
        out.write(body, 0, at);
        switch (random.nextInt(4)) {
            case 0 -> out.writeBytes(piece(random).getBytes(StandardCharsets.ISO_8859_1));
            case 1 -> at = Math.min(body.length, at + 1 + random.nextInt(4));
            case 2 -> at = body.length;
            default -> out.write(random.nextInt(256));
        }
        out.write(body, at, body.length - at);
        return out.toByteArray();
    }

    private static Outcome own(byte[] body, SplittableRandom random) throws IOException {
        List<Part> parts = new ArrayList<>();
        try {
            new MultipartParser(ChunkedInputStream.random(body, 40, new Random(random.nextInt())),
                    BOUNDARY, -1).parse(headers -> new MultipartParser.PartWriter() {

                        private final ByteArrayOutputStream content = new ByteArrayOutputStream();

                        @Override
                        public void write(byte[] source, int offset, int length) {
                            content.write(source, offset, length);
                        }

                        @Override
                        public void end() {
                            parts.add(new Part(spaced(headers.name()),
                                    headers.fileName().map(MultipartDifferentialTest::spaced),
                                    HexFormat.of().formatHex(content.toByteArray())));
                        }
                    });
            return new Outcome(parts, null);
        } catch (MalformedMultipartException e) {
            return new Outcome(parts, String.valueOf(e.getMessage()));
        }
    }

    /** Jetty reads a tab in a header as a space. */
    private static String spaced(String text) {
        return text.replace('\t', ' ');
    }

    /** Collects what Jetty's parser finds. */
    private static final class Collector implements MultiPart.Parser.Listener {

        private final List<Part> parts = new ArrayList<>();
        private final StringBuilder headers = new StringBuilder();
        private final ByteArrayOutputStream content = new ByteArrayOutputStream();
        private @Nullable String refusal;
        private boolean complete;

        @Override
        public void onPartHeader(String name, String value) {
            headers.append(name).append(": ").append(value).append("\r\n");
        }

        @Override
        public void onPartContent(Content.Chunk chunk) {
            ByteBuffer bytes = chunk.getByteBuffer();
            byte[] copy = new byte[bytes.remaining()];
            bytes.slice().get(copy);
            content.writeBytes(copy);
        }

        @Override
        public void onPartEnd() {
            try {
                PartHeaders parsed = PartHeaders.parse(headers.toString());
                parts.add(new Part(spaced(parsed.name()), parsed.fileName().map(MultipartDifferentialTest::spaced),
                        HexFormat.of().formatHex(content.toByteArray())));
            } catch (MalformedMultipartException e) {
                refusal = refusal == null ? String.valueOf(e.getMessage()) : refusal;
            }
            headers.setLength(0);
            content.reset();
        }

        @Override
        public void onComplete() {
            complete = true;
        }

        /** A deviation that Jetty accepts for the sake of old clients. */
        @Override
        public void onViolation(MultiPartCompliance.Violation violation) {
            refusal = refusal == null ? violation.name() : refusal;
        }

        @Override
        public void onFailure(Throwable failure) {
            refusal = refusal == null ? String.valueOf(failure.getMessage()) : refusal;
        }
    }

    private static Outcome jetty(byte[] body) {
        Collector collector = new Collector();
        new MultiPart.Parser(BOUNDARY, MultiPartCompliance.LEGACY, collector)
                .parse(Content.Chunk.from(ByteBuffer.wrap(body), true));
        String refusal = collector.refusal == null && !collector.complete ? "it ends early" : collector.refusal;
        return new Outcome(collector.parts, refusal);
    }

    /** Jetty takes a boundary behind a single line feed for a delimiter, which RFC 2046 does not allow. */
    private static boolean hasOddDelimiter(byte[] body) {
        String text = "\r\n" + new String(body, StandardCharsets.ISO_8859_1);
        return text.replace("\r\n--" + BOUNDARY, "").contains("\n--" + BOUNDARY);
    }
}
