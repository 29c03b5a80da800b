package dev.retouch.server.bytes;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class BufferInputStreamTest {

    /** Gives out these texts, each in its own direct buffer. */
    private static final class Texts extends BufferInputStream {

        private final Queue<String> left;

        Texts(String... texts) {
            left = new ArrayDeque<>(List.of(texts));
        }

        @Override
        protected @Nullable ByteBuffer receive() {
            String text = left.poll();
            return text == null
                    ? null
                    : ByteBuffer.allocateDirect(text.length()).put(text.getBytes(StandardCharsets.US_ASCII)).flip();
        }
    }

    private static String text(@Nullable ByteBuffer bytes) {
        return bytes == null ? "(end)" : StandardCharsets.US_ASCII.decode(bytes).toString();
    }

    @Test
    void isAStreamLikeAnyOther() throws IOException {
        try (InputStream in = new Texts("abc", "d", "efgh")) {
            assertThat(in.read()).isEqualTo('a');
            assertThat(in.available()).isEqualTo(2);
            assertThat(new String(in.readNBytes(4), StandardCharsets.US_ASCII)).isEqualTo("bcde");
            assertThat(in.read(new byte[0])).isZero();
            assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("fgh");
            assertThat(in.read()).isEqualTo(-1);
        }
    }

    @Test
    void givesTheRestOfABufferThatWasReadInPart() throws IOException {
        try (BufferInputStream in = new Texts("abc", "def")) {
            assertThat(in.read()).isEqualTo('a');
            assertThat(text(in.nextBuffer())).isEqualTo("bc");
            assertThat(text(in.nextBuffer())).isEqualTo("def");
            assertThat(text(in.nextBuffer())).isEqualTo("(end)");
        }
    }

    @Test
    void copiesAStreamThatHasNoBuffers() throws IOException {
        byte[] sent = "0123456789".repeat(10_000).getBytes(StandardCharsets.US_ASCII);
        ByteArrayOutputStream received = new ByteArrayOutputStream();
        try (BufferInputStream in = BufferInputStream.of(new ByteArrayInputStream(sent))) {
            assertThat(BufferInputStream.of(in)).as("needs no copy").isSameAs(in);
            for (ByteBuffer bytes = in.nextBuffer(); bytes != null; bytes = in.nextBuffer()) {
                BufferSink.of(received).write(bytes);
                assertThat(bytes.remaining()).isZero();
            }
        }
        assertThat(received.toByteArray()).isEqualTo(sent);
    }

    @Test
    void streamsReceiveBytesThatAreInNoArray() throws IOException {
        ByteBuffer sent = ByteBuffer.allocateDirect(100_000);
        for (int i = 0; sent.hasRemaining(); i++) {
            sent.put((byte) i);
        }
        ByteArrayOutputStream received = new ByteArrayOutputStream();

        BufferSink.of(received).write(sent.flip());

        assertThat(sent.remaining()).isZero();
        assertThat(ByteBuffer.wrap(received.toByteArray())).isEqualTo(sent.flip());
    }
}
