package dev.retouch.server.intake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.SequenceInputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import com.sun.management.ThreadMXBean;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.InlineImage;
import dev.retouch.server.image.Spool;

import static org.assertj.core.api.Assertions.assertThat;

/** What a document costs in heap does not depend on its images: a process with 24 MB reads three of 20 MB, and thousands need no buffers. */
@Tag("slow")
class InlineImageHeapTest {

    private static final int IMAGES = 3;
    private static final int CHARACTERS = 20 * 1024 * 1024;
    private static final int MANY_IMAGES = 15_000;
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @Test
    @Timeout(60)
    void largeImagesFlowThrough(@TempDir Path folder) throws IOException, InterruptedException {
        Path output = folder.resolve("output.txt");
        Process reader = new ProcessBuilder(Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx24m", "-XX:+UseSerialGC", "-cp", System.getProperty("java.class.path"), Reader.class.getName(),
                folder.resolve("spool").toString()).redirectErrorStream(true).redirectOutput(output.toFile()).start();
        boolean ended = reader.waitFor(50, TimeUnit.SECONDS);
        reader.destroyForcibly();

        assertThat(Files.readString(output)).endsWith("bytes " + (long) IMAGES * CHARACTERS / 4 * 3 + "\n");
        assertThat(ended).isTrue();
    }

    @Test
    void imagesBeyondTheLimitHaveNoBuffers(@TempDir Path folder) throws IOException {
        InputStream body = Reader.text("{\"prompt\": \"x\", \"images\": [" + "\"A\", ".repeat(MANY_IMAGES) + "\"A\"]}");
        try (Exchange exchange = new Exchange("req_test", 0);
                InputStream extractor = new InlineImageExtractor(body, new Spool(folder, 64 * 1024), exchange,
                        new IntakeLimits(1 << 20, 64, new KnownFields(Set.of("prompt"), false)))) {
            long before = THREADS.getCurrentThreadAllocatedBytes();
            long characters = extractor.transferTo(OutputStream.nullOutputStream());
            assertThat(characters).isGreaterThan(MANY_IMAGES);
            assertThat(THREADS.getCurrentThreadAllocatedBytes() - before).isLessThan(1024L * MANY_IMAGES);
        }
    }

    /** The process with little memory. */
    static final class Reader {

        private Reader() {}

        public static void main(String[] arguments) throws IOException {
            List<InputStream> body = new ArrayList<>(List.of(text("{\"prompt\": \"x\", \"images\": [")));
            byte[] piece = new byte[1024 * 1024];
            Arrays.fill(piece, (byte) 'A');
            for (int image = 0; image < IMAGES; image++) {
                body.add(text((image == 0 ? "" : ", ") + "{\"image_url\": \"data:image/png;base64,"));
                for (int length = 0; length < CHARACTERS; length += piece.length) {
                    body.add(new ByteArrayInputStream(piece));
                }
                body.add(text("\"}"));
            }
            body.add(text("]}"));
            long bytes = 0;
            try (Exchange exchange = new Exchange("req_test", 0)) {
                ImageEditJson edit = (ImageEditJson) StrictJson.read(StrictJson.ofEdits(ImageEditJson.class),
                        new InlineImageExtractor(new SequenceInputStream(Collections.enumeration(body)),
                                new Spool(Path.of(arguments[0]), 64 * 1024), exchange,
                                new IntakeLimits(1 << 20, 64, new KnownFields(Set.of("prompt"), false))),
                        exchange);
                for (var image : edit.getImages()) {
                    bytes += exchange.inlineImage(image.getImageUrl()).flatMap(InlineImage::bytes).orElseThrow().size();
                }
            }
            System.out.println("bytes " + bytes);
        }

        private static InputStream text(String text) {
            return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
        }
    }
}
