package dev.retouch.server.intake;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.fixture.ChunkedInputStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.junit.jupiter.params.provider.Arguments.arguments;

class MultipartParserTest {

    private static final String BOUNDARY = "----boundary-7MA4YWxk";
    private static final String ALMOST = BOUNDARY.substring(0, BOUNDARY.length() - 1);
    private static final int BUFFER = 64 * 1024;

    private record Part(PartHeaders headers, byte[] content) {

        String name() {
            return headers.name();
        }

        String text() {
            return new String(content, StandardCharsets.UTF_8);
        }
    }

    private static List<Part> parse(byte[] body) throws IOException, MalformedMultipartException {
        return parse(new ByteArrayInputStream(body), BOUNDARY, body.length);
    }

    private static List<Part> parse(InputStream body, String boundary) throws IOException, MalformedMultipartException {
        return parse(body, boundary, -1);
    }

    private static List<Part> parse(InputStream body, String boundary, long length)
            throws IOException, MalformedMultipartException {
        List<Part> parts = new ArrayList<>();
        new MultipartParser(body, boundary, length).parse(headers -> new MultipartParser.PartWriter() {

            private final ByteArrayOutputStream content = new ByteArrayOutputStream();

            @Override
            public void write(byte[] source, int offset, int length) {
                content.write(source, offset, length);
            }

            @Override
            public void end() {
                parts.add(new Part(headers, content.toByteArray()));
            }
        });
        return parts;
    }

    private static FormEncoder form() {
        return new FormEncoder(BOUNDARY);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    @Test
    void partsComeInTheirOrder() throws Exception {
        byte[] image = bytes(1000);

        List<Part> parts = parse(form().text("prompt", "a red rose").file("image", "a.png", image)
                .text("prompt", "again").end());

        assertThat(parts).extracting(Part::name).containsExactly("prompt", "image", "prompt");
        assertThat(parts.get(0).text()).isEqualTo("a red rose");
        assertThat(parts.get(1).content()).isEqualTo(image);
        assertThat(parts.get(1).headers().fileName()).hasValue("a.png");
        assertThat(parts.get(1).headers().contentType()).hasValue("application/octet-stream");
        assertThat(parts.get(2).text()).isEqualTo("again");
        assertThat(parts.get(2).headers().fileName()).isEmpty();
    }

    /** The delimiter, the line end behind it and the next part's headers lie at every offset around the buffer's end. */
    @Test
    void aDelimiterMayStraddleTheBuffer() throws Exception {
        int overhead = form().file("image", "a.png", new byte[0]).unfinished().length;
        for (int length = BUFFER - overhead - 200; length < BUFFER - overhead + 40; length++) {
            byte[] image = bytes(length);
            List<Part> parts = parse(form().file("image", "a.png", image).text("prompt", "rose").end());

            assertThat(parts).as("length %d", length).hasSize(2);
            assertThat(Arrays.equals(parts.get(0).content(), image)).as("length %d", length).isTrue();
            assertThat(parts.get(1).text()).as("length %d", length).isEqualTo("rose");
        }
    }

    /** And so does something that only begins like one. */
    @Test
    void anAlmostDelimiterMayStraddleTheBuffer() throws Exception {
        byte[] almost = ("\r\n--" + ALMOST + "!").getBytes(StandardCharsets.US_ASCII);
        for (int before = BUFFER - 200; before < BUFFER + 10; before++) {
            byte[] image = Arrays.copyOf(bytes(before), before + almost.length + 5);
            System.arraycopy(almost, 0, image, before, almost.length);

            List<Part> parts = parse(form().file("image", "a.png", image).end());

            assertThat(parts).as("before %d", before).hasSize(1);
            assertThat(Arrays.equals(parts.getFirst().content(), image)).as("before %d", before).isTrue();
        }
    }

    static Stream<Arguments> contentThatLooksLikeMore() {
        return Stream.of(arguments("line ends", "a\r\nb\r\n\r\nc\n\rd"), arguments("only a line end", "\r\n"),
                arguments("many line ends", "\r\n\r\n\r\n"), arguments("a line end at the end", "text\r\n"),
                arguments("a carriage return at the end", "text\r"),
                arguments("the start of a delimiter at the end", "text\r\n--"),
                arguments("almost a delimiter", "x\r\n--" + ALMOST + "\r\ny"),
                arguments("two starts in a row", "\r\n--" + ALMOST + "\r\n--" + ALMOST + "\r\n"),
                arguments("a boundary in the middle of a line", "see --" + BOUNDARY + " here"),
                arguments("a boundary behind a bare line feed", "x\n--" + BOUNDARY + "\ny"),
                arguments("repeated starts", "\r\r\n-\r\n--" + ALMOST.substring(0, 5) + "\r\n-"),
                arguments("headers", "\r\nContent-Disposition: form-data; name=\"model\"\r\n\r\nx"),
                arguments("nothing", ""), arguments("one zero byte", "\0"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("contentThatLooksLikeMore")
    void contentIsNotMistakenForADelimiter(String what, String content) throws Exception {
        byte[] body = form().text("a", content).text("b", "after " + what).end();

        for (InputStream stream : List.of(new ByteArrayInputStream(body), ChunkedInputStream.single(body))) {
            List<Part> parts = parse(stream, BOUNDARY);
            assertThat(parts).hasSize(2);
            assertThat(parts.get(0).text()).isEqualTo(content);
            assertThat(parts.get(1).text()).isEqualTo("after " + what);
        }
    }

    @Test
    void preambleAndEpilogueAreSkipped() throws Exception {
        byte[] body = form().raw("This is a multipart message.\r\nIgnore this --" + BOUNDARY + ".\r\n")
                .text("prompt", "rose").raw("--" + BOUNDARY + "--").raw("\r\nepilogue\r\n--" + BOUNDARY + "\r\nmore")
                .unfinished();

        assertThat(parse(body)).extracting(Part::text).containsExactly("rose");
    }

    /** Unread bytes would be taken for the next request of a kept connection. */
    @Test
    void aLongEpilogueIsReadToItsEnd() throws Exception {
        ByteArrayInputStream body = new ByteArrayInputStream(
                form().text("prompt", "rose").raw("--" + BOUNDARY + "--\r\n").raw(bytes(3 * BUFFER)).unfinished());

        assertThat(parse(body, BOUNDARY)).hasSize(1);
        assertThat(body.available()).isZero();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "\t", "  \t "})
    void blanksBehindABoundaryAreTransport(String padding) throws Exception {
        byte[] body = form().raw("--" + BOUNDARY + padding + "\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--"
                + BOUNDARY + "--\r\n").unfinished();
        assertThat(parse(body)).extracting(Part::text).containsExactly("1");
    }

    @Test
    void theLastLineEndIsNotNeeded() throws Exception {
        assertThat(parse(form().text("a", "1").raw("--" + BOUNDARY + "--").unfinished())).hasSize(1);
    }

    @Test
    void noBytesAreAFormWithoutParts() throws Exception {
        assertThat(parse(new byte[0])).isEmpty();
        assertThat(parse(form().end())).isEmpty();
    }

    static Stream<Arguments> malformed() {
        String part = "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"a\"\r\n";
        String end = "\r\n--" + BOUNDARY + "--";
        return Stream.of(
                arguments("something else", "{\"prompt\": 1}", "its boundary does not occur in it"),
                arguments("another boundary", "--other\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--other--",
                        "its boundary does not occur in it"),
                arguments("no closing boundary", part + "\r\n1\r\n", "it ends in the middle of the part 'a'"),
                arguments("half a closing boundary", part + "\r\n1\r\n--" + ALMOST,
                        "it ends in the middle of the part 'a'"),
                arguments("an end behind a boundary", "--" + BOUNDARY, "it ends before its closing boundary"),
                arguments("an end in the headers", part, "it ends before its closing boundary"),
                arguments("text behind a boundary", part.replace("\r\nC", "x\r\nC") + "\r\n1" + end,
                        "a boundary is not followed by a line end"),
                arguments("no name", part.replace("; name=\"a\"", "") + "\r\n1" + end,
                        "a part has no name in its Content-Disposition"),
                arguments("no headers", "--" + BOUNDARY + "\r\n\r\n1" + end,
                        "a part has no name in its Content-Disposition"),
                arguments("endless headers", part + "X-Long: " + "x".repeat(17_000),
                        "the headers of a part are longer than 16384 bytes"));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("malformed")
    void reportsMalformedBodies(String what, String body, String reason) {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        for (InputStream stream : List.of(new ByteArrayInputStream(bytes), ChunkedInputStream.single(bytes))) {
            MalformedMultipartException failure = catchThrowableOfType(MalformedMultipartException.class,
                    () -> parse(stream, BOUNDARY));
            assertThat(failure).as(what).isNotNull();
            assertThat(failure.reason()).isEqualTo(reason);
        }
    }

    /** Wherever a body is cut off, the answer is a reason, and never a part that is taken for whole. */
    @Test
    void aBodyCutAnywhereIsMalformed() throws Exception {
        byte[] whole = form().file("image", "a.png", bytes(50)).text("prompt", "rose").end();
        int closed = whole.length - "\r\n".length();
        for (int length = 1; length < closed; length++) {
            byte[] cut = Arrays.copyOf(whole, length);
            assertThat(catchThrowableOfType(MalformedMultipartException.class, () -> parse(cut)))
                    .as("length %d", length).isNotNull();
        }
        assertThat(parse(Arrays.copyOf(whole, closed))).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "-", "--", "a-b", "'()+_,-./:=?", "----WebKitFormBoundary7MA4YWxkTrZu0gW",
            "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaab"})
    void anyBoundaryDoes(String boundary) throws Exception {
        byte[] body = new FormEncoder(boundary).text("a", "aaaaaaaaaaaa - -- b").text("b", "2").end();
        assertThat(parse(new ByteArrayInputStream(body), boundary)).extracting(Part::text)
                .containsExactly("aaaaaaaaaaaa - -- b", "2");
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void readsBodiesWrittenByAnEncoder(long seed) throws Exception {
        Random random = new Random(seed);
        for (int round = 0; round < 100; round++) {
            String boundary = "b" + Long.toString(random.nextLong(1, Long.MAX_VALUE), 36);
            FormEncoder encoder = new FormEncoder(boundary);
            List<String> names = new ArrayList<>();
            List<byte[]> contents = new ArrayList<>();
            int count = random.nextInt(8);
            for (int i = 0; i < count; i++) {
                names.add(randomName(random));
                contents.add(randomContent(random, boundary));
                encoder.file(names.get(i), randomName(random), contents.get(i));
            }
            byte[] body = encoder.end();

            List<Part> parts = parse(random.nextBoolean()
                    ? new ByteArrayInputStream(body)
                    : ChunkedInputStream.random(body, 1 + random.nextInt(5000), random), boundary);

            assertThat(parts).extracting(Part::name).as("round %d", round).isEqualTo(names);
            for (int i = 0; i < count; i++) {
                assertThat(Arrays.equals(parts.get(i).content(), contents.get(i))).as("round %d part %d", round, i)
                        .isTrue();
            }
        }
    }

    private static String randomName(Random random) {
        int[] letters = "abc \\\";=ü玫瑰🌹'[]0.".codePoints().toArray();
        StringBuilder name = new StringBuilder("n");
        for (int i = random.nextInt(12); i > 0; i--) {
            name.appendCodePoint(letters[random.nextInt(letters.length)]);
        }
        return name.toString();
    }

    private static byte[] randomContent(Random random, String boundary) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (int i = random.nextInt(6); i > 0; i--) {
            String start = "\r\n--" + boundary.substring(0, random.nextInt(boundary.length())) + "#";
            byte[] noise = new byte[random.nextInt(random.nextInt(10) == 0 ? 200_000 : 300)];
            random.nextBytes(noise);
            content.writeBytes(switch (random.nextInt(4)) {
                case 0 -> "\r\n".getBytes(StandardCharsets.US_ASCII);
                case 1 -> start.getBytes(StandardCharsets.US_ASCII);
                case 2 -> "--".getBytes(StandardCharsets.US_ASCII);
                default -> noise;
            });
        }
        return content.toByteArray();
    }
}
