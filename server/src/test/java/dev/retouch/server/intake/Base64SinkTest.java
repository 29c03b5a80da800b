package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;

class Base64SinkTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final Base64Sink sink = new Base64Sink(out);

    private boolean decode(String text) throws IOException {
        for (int i = 0; i < text.length(); i++) {
            sink.accept(text.charAt(i));
        }
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
                Base64SinkTest fresh = new Base64SinkTest();
                assertThat(fresh.decode(encoder.encodeToString(bytes))).as("length %d", length).isTrue();
                assertThat(fresh.out.toByteArray()).as("length %d", length).isEqualTo(bytes);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"A", "AAAAA", "=", "====", "A=", "A===", "AA=", "AAA==", "AA==AA==", "AAAA=", "AA A",
            "AA\tA",
            "AAA!", "AAÄA", "AA\u0141A", "{}", "AA,A"})
    void whatIsNotBase64IsFound(String text) throws IOException {
        assertThat(decode(text)).isFalse();
    }

    /** Wherever the padding stands, also where one block of the sink ends and the next begins. */
    @Test
    void nothingComesBehindThePadding() throws IOException {
        assertThat(decode("A".repeat(4094) + "==" + "AAAA")).isFalse();
    }

    @Test
    void nothingMoreIsWrittenOnceItIsInvalid() throws IOException {
        sink.accept('!');
        for (int i = 0; i < 100_000; i++) {
            sink.accept('A');
        }
        assertThat(sink.finish()).isFalse();
        assertThat(out.size()).isZero();
    }
}
