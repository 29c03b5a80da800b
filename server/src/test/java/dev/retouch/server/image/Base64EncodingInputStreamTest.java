package dev.retouch.server.image;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Base64;
import java.util.Random;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.fixture.ChunkedInputStream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The encoder against that of the JDK. */
class Base64EncodingInputStreamTest {

    private static byte[] noise(int size) {
        byte[] bytes = new byte[size];
        new Random(size).nextBytes(bytes);
        return bytes;
    }

    /** Around the size of its pieces, too. */
    @ParameterizedTest
    @ValueSource(ints = {0, 1, 2, 3, 4, 1000, 24_574, 24_575, 24_576, 24_577, 49_152, 49_153, 100_001})
    void itEncodesWhateverItGetsInPieces(int size) throws IOException {
        byte[] bytes = noise(size);
        byte[] expected = Base64.getEncoder().encode(bytes);

        assertThat(new Base64EncodingInputStream(new ByteArrayInputStream(bytes)).readAllBytes()).isEqualTo(expected);
        assertThat(new Base64EncodingInputStream(ChunkedInputStream.random(bytes, 5000, new Random(1))).readAllBytes())
                .isEqualTo(expected);
        assertThat(Base64EncodingInputStream.length(size)).isEqualTo(expected.length);
    }

    @Test
    void itCanBeReadByteByByte() throws IOException {
        Base64EncodingInputStream stream = new Base64EncodingInputStream(new ByteArrayInputStream(noise(4)));
        StringBuilder text = new StringBuilder();
        for (int character = stream.read(); character >= 0; character = stream.read()) {
            text.append((char) character);
        }
        assertThat(text).hasToString(Base64.getEncoder().encodeToString(noise(4)));
        assertThat(stream.read(new byte[0], 0, 0)).isZero();
        assertThat(stream.read(new byte[1], 0, 1)).isEqualTo(-1);
    }

    @Test
    void aFailureIsNotTheEnd() {
        assertThatThrownBy(() -> new Base64EncodingInputStream(ChunkedInputStream.broken(noise(100))).readAllBytes())
                .isInstanceOf(IOException.class);
    }
}
