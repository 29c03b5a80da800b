package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class StreamingBase64DecoderTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final StreamingBase64Decoder sink = new StreamingBase64Decoder(out);

    private boolean decode(String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        sink.write(bytes, 0, bytes.length);
        return sink.finish();
    }

    /** Every length around the sink's block, in both alphabets, with and without padding and line ends. */
    @Test
    void everyLengthIsDecoded() throws IOException {
        Random random = new Random(1);
        int[] lengths = IntStream.concat(IntStream.range(0, 40), IntStream.range(3060, 3085)).toArray();
        for (int length : lengths) {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getEncoder().withoutPadding(),
                    Base64.getUrlEncoder(), Base64.getUrlEncoder().withoutPadding(), Base64.getMimeEncoder())) {
                StreamingBase64DecoderTest fresh = new StreamingBase64DecoderTest();
                assertThat(fresh.decode(encoder.encodeToString(bytes))).as("length %d", length).isTrue();
                assertThat(fresh.out.toByteArray()).as("length %d", length).isEqualTo(bytes);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "AAAAA", "=", "====", "A=", "A===", "AA=", "AAA==", "AA==AA==", "AAAA=", "AAA!",
            "AAÄA", "AA\u0141A", "{}", "AA,A"})
    void detectsInvalidBase64(String text) throws IOException {
        assertThat(decode(text)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"AQID", " AQID ", "A Q\tI\nD", "A\r\nQ\fID", "AQID\n"})
    void whiteSpaceIsSkipped(String text) throws IOException {
        assertThat(decode(text)).isTrue();
        assertThat(out.toByteArray()).containsExactly(1, 2, 3);
    }

    /** However the input is cut, also within the padding. */
    @Test
    void piecesMakeNoDifference() throws IOException {
        byte[] text = (" ".repeat(8187) + "AQI= \n").getBytes(StandardCharsets.US_ASCII);
        for (int cut = 8180; cut <= text.length; cut++) {
            ByteArrayOutputStream target = new ByteArrayOutputStream();
            StreamingBase64Decoder decoder = new StreamingBase64Decoder(target);
            decoder.write(text, 0, cut);
            decoder.write(text, cut, text.length - cut);
            assertThat(decoder.finish()).as("cut %d", cut).isTrue();
            assertThat(target.toByteArray()).as("cut %d", cut).containsExactly(1, 2);
        }
    }

    /** Wherever the padding stands, also where one block of the sink ends and the next begins. */
    @Test
    void nothingComesBehindThePadding() throws IOException {
        assertThat(decode("A".repeat(4094) + "==" + "AAAA")).isFalse();
    }

    @Test
    void nothingMoreIsWrittenOnceItIsInvalid() throws IOException {
        assertThat(decode("!" + "A".repeat(100_000))).isFalse();
        assertThat(out.size()).isZero();
    }
}
