package dev.retouch.server.moderation;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.image.Base64EncodingInputStream;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;
import dev.retouch.server.moderation.ModerationImage.Held;
import dev.retouch.server.moderation.ModerationPolicy.Mode;
import dev.retouch.server.moderation.ModerationPolicy.OnFailure;

import static org.assertj.core.api.Assertions.assertThat;

/** What a question costs in heap does not depend on its image: a process with 24 MB has three of 14 MB judged at once. */
@Tag("slow")
class LargeImageHeapTest {

    private static final int IMAGES = 3;
    private static final int BYTES = 14 * 1024 * 1024;
    private static final String VERDICT = "{\"results\":[{\"categories\":{\"hate\":false}}]}";

    @Test
    @Timeout(90)
    void largeImagesFlowThrough(@TempDir Path folder) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        AtomicLong received = new AtomicLong();
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        try (ExecutorService threads = Executors.newCachedThreadPool()) {
            server.setExecutor(threads);
            server.createContext("/v1/moderations", exchange -> {
                try (InputStream body = exchange.getRequestBody()) {
                    received.addAndGet(body.transferTo(OutputStream.nullOutputStream()));
                }
                exchange.sendResponseHeaders(200, VERDICT.length());
                exchange.getResponseBody().write(VERDICT.getBytes(StandardCharsets.US_ASCII));
                exchange.close();
            });
            server.start();
            Process asker = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    "-Xmx24m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"),
                    Asker.class.getName(), folder.resolve("spool").toString(),
                    "http://127.0.0.1:" + server.getAddress().getPort() + "/v1").redirectErrorStream(true)
                    .redirectOutput(output.toFile()).start();
            boolean ended = asker.waitFor(80, TimeUnit.SECONDS);
            asker.destroyForcibly();

            assertThat(Files.readString(output)).endsWith("flagged false\n");
            assertThat(ended).isTrue();
        } finally {
            server.stop(0);
        }
        long base64 = Base64EncodingInputStream.length(BYTES) * IMAGES;
        assertThat(received.get()).isBetween(base64, base64 + IMAGES * 200);
    }

    /** The process with little memory. */
    static final class Asker {

        private Asker() {}

        public static void main(String[] arguments) throws IOException {
            Spool.Writer writer = new Spool(Path.of(arguments[0]), 64 * 1024).newWriter();
            byte[] piece = new byte[1024 * 1024];
            for (int written = 0; written < BYTES; written += piece.length) {
                writer.write(piece);
            }
            ModerationClientSettings limits = new ModerationClientSettings(Duration.ofSeconds(5),
                    Duration.ofSeconds(60), IMAGES);
            try (ImageBytes bytes = writer.finish();
                    ModerationClient service = new ModerationClient(URI.create(arguments[1]), "sk-any", "x",
                            limits)) {
                List<ModerationImage> images = List.of(new Held("image[0]", bytes, ImageFormat.PNG),
                        new Held("image[1]", bytes, ImageFormat.PNG), new Held("mask", bytes, ImageFormat.PNG));
                Verdict verdict = new Moderator(LocalRules.none(), Optional.of(service)).check("", images,
                        new ModerationPolicy(Mode.BLOCK, OnFailure.CLOSED, Map.of()), "req_1");
                System.out.println("flagged " + verdict.flagged());
            }
        }
    }
}
