package dev.retouch.server.idempotency;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.exchange.Cancellation;
import dev.retouch.server.exchange.Cancellation.Reason;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@Timeout(30)
class RecordingOutputStreamTest {

    private final RecordingOutputStream recording;
    private final RecordingOutputStream.Reader body;
    private final Cancellation client = new Cancellation();

    RecordingOutputStreamTest(@TempDir Path folder) throws IOException {
        this.recording = new RecordingOutputStream(folder.resolve("answer"));
        this.body = recording.newReader();
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    /** A reader on a separate thread. */
    private CompletableFuture<Boolean> reader(PipedOutputStream out) {
        return CompletableFuture.supplyAsync(() -> {
            try (out) {
                body.copyTo(out, client);
                return true;
            } catch (IOException e) {
                return false;
            }
        });
    }

    @Test
    void readsWhileTheBodyIsWritten() throws Exception {
        PipedOutputStream out = new PipedOutputStream();
        try (InputStream in = new PipedInputStream(out)) {
            CompletableFuture<Boolean> reading = reader(out);
            recording.write(bytes("first"));
            assertThat(in.readNBytes(5)).isEqualTo(bytes("first"));
            recording.write(bytes("second"));
            assertThat(in.readNBytes(6)).isEqualTo(bytes("second"));
            assertThat(reading).isNotDone();
            recording.end(Map.of());
            recording.close();
            assertThat(in.read()).isEqualTo(-1);
            assertThat(reading.get(10, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void readsCompleteBody() throws IOException {
        recording.write(bytes("everything"));
        recording.end(Map.of());
        recording.close();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        recording.awaitEnd(client);
        body.copyTo(out, client);
        assertThat(out.toByteArray()).isEqualTo(bytes("everything"));
        assertThat(recording.length()).isEqualTo(10);
    }

    @Test
    void heldBackBytesWaitForTheEnd() throws Exception {
        PipedOutputStream out = new PipedOutputStream();
        try (InputStream in = new PipedInputStream(out)) {
            CompletableFuture<Boolean> reading = reader(out);
            recording.write(bytes("first"));
            recording.holdBack();
            recording.write(bytes("last"));
            assertThat(in.readNBytes(5)).isEqualTo(bytes("first"));
            assertThat(in.available()).isZero();
            assertThat(reading).isNotDone();
            recording.end(Map.of());
            recording.write(bytes("a comment"));
            recording.close();
            assertThat(in.readAllBytes()).isEqualTo(bytes("last"));
            assertThat(reading.get(10, TimeUnit.SECONDS)).isTrue();
            assertThat(recording.length()).isEqualTo(9);
        }
    }

    @Test
    void heldBackBytesAreLostWithTheirBody() throws IOException {
        recording.write(bytes("first"));
        recording.holdBack();
        recording.write(bytes("last"));
        recording.close();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> body.copyTo(out, client)).isInstanceOf(IOException.class);
        assertThat(out.toByteArray()).isEqualTo(bytes("first"));
    }

    @Test
    void sealedBodyDoesNotGrow() throws IOException {
        recording.write(bytes("all"));
        recording.seal();
        recording.write(bytes("a comment"));
        assertThat(recording.length()).isEqualTo(3);
        assertThat(recording.file()).hasBinaryContent(bytes("all"));
    }

    @Test
    void fileIsDeletedAndReadersKnowWhyTheBodyEnded() throws IOException {
        IOException cause = new IOException("by the test");
        recording.breakOff(cause);
        recording.close();
        assertThat(recording.file()).doesNotExist();
        assertThatThrownBy(() -> recording.awaitEnd(client)).hasCause(cause);
    }

    @Test
    void readerFailsIfBodyIsIncomplete() throws IOException {
        recording.write(bytes("half"));
        recording.close();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        assertThatThrownBy(() -> recording.awaitEnd(client)).hasMessageContaining("incomplete");
        assertThatThrownBy(() -> body.copyTo(out, client)).hasMessageContaining("incomplete");
        assertThat(out.toByteArray()).isEqualTo(bytes("half"));
    }

    @Test
    void aReaderThatGoesAwayLeavesTheWriterAlone() throws Exception {
        PipedOutputStream out = new PipedOutputStream();
        try (InputStream in = new PipedInputStream(out)) {
            CompletableFuture<Boolean> reading = reader(out);
            recording.write(bytes("first"));
            assertThat(in.readNBytes(5)).isEqualTo(bytes("first"));
            client.cancel(Reason.CLIENT_GONE);
            assertThat(reading.get(10, TimeUnit.SECONDS)).isFalse();
            recording.write(bytes("second"));
            recording.end(Map.of());
            ByteArrayOutputStream again = new ByteArrayOutputStream();
            try (RecordingOutputStream.Reader other = recording.newReader()) {
                other.copyTo(again, new Cancellation());
            }
            assertThat(again.toByteArray()).isEqualTo(bytes("firstsecond"));
        }
    }
}
