package dev.retouch.server.upstream;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Random;

import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.io.Content;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.bytes.BufferBudget;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

import static org.assertj.core.api.Assertions.assertThat;

class CompositeBodyTest {

    private static final int MEMORY = 300_000;

    private final BufferBudget budget = new BufferBudget(1 << 20);
    private final Spool spool;

    CompositeBodyTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, MEMORY, budget);
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(length).nextBytes(bytes);
        return bytes;
    }

    private ImageBytes image(int length) throws IOException {
        Spool.Writer writer = spool.newWriter();
        writer.write(bytes(length));
        return writer.finish();
    }

    private static byte[] read(Request.Content content) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        Content.Chunk chunk;
        do {
            chunk = content.read();
            assertThat(Content.Chunk.isFailure(chunk)).isFalse();
            byte[] bytes = new byte[chunk.remaining()];
            chunk.getByteBuffer().get(bytes);
            all.writeBytes(bytes);
            chunk.release();
        } while (!chunk.isLast());
        return all.toByteArray();
    }

    private static byte[] concatenated(String before, byte[] image, String after) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.writeBytes(before.getBytes(StandardCharsets.UTF_8));
        all.writeBytes(image);
        all.writeBytes(after.getBytes(StandardCharsets.UTF_8));
        return all.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 10_000, 200_000, MEMORY, MEMORY + 1, 2_000_000})
    void canBeSentAgain(int length) throws IOException {
        try (ImageBytes image = image(length)) {
            CompositeBody body = new CompositeBody();
            body.text("begin ä");
            body.image(image);
            body.text("end");
            Request.Content content = body.content("text/plain");
            byte[] expected = concatenated("begin ä", bytes(length), "end");
            assertThat(content.getLength()).isEqualTo(expected.length);
            assertThat(read(content)).isEqualTo(expected);
            assertThat(content.rewind()).isTrue();
            assertThat(read(content)).isEqualTo(expected);
        }
        assertThat(budget.inUse()).isZero();
    }

    @Test
    void encodesImageAsBase64() throws IOException {
        try (ImageBytes image = image(100_001)) {
            CompositeBody body = new CompositeBody();
            body.text("{\"");
            body.base64(image);
            body.text("\"}");
            assertThat(read(body.content("application/json")))
                    .isEqualTo(concatenated("{\"", Base64.getEncoder().encode(bytes(100_001)), "\"}"));
        }
        assertThat(budget.inUse()).isZero();
    }

    @Test
    void sendsStreamOnce() {
        CompositeBody body = new CompositeBody();
        body.bytes(new ByteArrayInputStream(bytes(70_000)), 70_000);
        Request.Content content = body.content("image/png");
        assertThat(read(content)).isEqualTo(bytes(70_000));
        assertThat(content.rewind()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(ints = {200_000, 2_000_000})
    void failsIfItsImageWasClosedAndReleasesMemoryWhenJettyHasSentIt(int length) throws IOException {
        ImageBytes image = image(length);
        CompositeBody body = new CompositeBody();
        body.image(image);
        Request.Content content = body.content("image/png");
        Content.Chunk sending = content.read();
        image.close();
        List<Content.Chunk> rest = new ArrayList<>(List.of(content.read()));
        assertThat(Content.Chunk.isFailure(rest.getFirst())).isTrue();
        assertThat(budget.inUse()).isPositive();
        byte[] first = new byte[sending.remaining()];
        sending.getByteBuffer().get(first);
        assertThat(first).isEqualTo(java.util.Arrays.copyOf(bytes(length), first.length));
        sending.release();
        assertThat(budget.inUse()).isZero();
    }

    @Test
    void releasesMemoryOfBodyThatIsNotSentToItsEnd() throws IOException {
        try (ImageBytes image = image(2_000_000)) {
            CompositeBody body = new CompositeBody();
            body.image(image);
            Request.Content content = body.content("image/png");
            content.read().release();
            assertThat(budget.inUse()).isPositive();
            content.fail(new IOException("the connection was closed"));
            assertThat(budget.inUse()).isZero();
        }
    }

    @Test
    void releasesMemoryWhenTheExchangeIsOver() throws IOException {
        try (ImageBytes image = image(2_000_000)) {
            CompositeBody body = new CompositeBody();
            body.image(image);
            SourceContent content = (SourceContent) body.content("image/png");
            content.read().release();
            content.close();
            assertThat(budget.inUse()).isZero();
            assertThat(Content.Chunk.isFailure(content.read())).isTrue();
            assertThat(content.rewind()).isFalse();
        }
    }
}
