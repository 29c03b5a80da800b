package dev.retouch.contract;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/** Images larger together than the whole heap pass through, because a request costs the same heap whatever its size. */
class LargeUploadTest {

    private static final int IMAGES = 4;
    private static final long IMAGE_BYTES = 48L << 20;

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    @Test
    void fourLargeImagesThroughASmallHeap(@TempDir Path folder) throws IOException {
        try (LaunchedProcess retouch = LaunchedProcess.retouch(folder, Map.of("RETOUCH_PORT", "0", "RETOUCH_JAVA_OPTS",
                "-Xmx128m -XX:+ExitOnOutOfMemoryError"), "serve")) {
            String address = retouch.awaitOutput("Retouch is up +(http://\\S+)").group(1);
            String key = retouch.awaitOutput("sk-sandbox-\\w+").group();
            Endpoint gateway = new Endpoint(URI.create(address), key);

            Reply reply = Endpoint.send(gateway.request(Endpoint.EDITS)
                    .header("Content-Type", "multipart/form-data; boundary=x")
                    .POST(BodyPublishers.ofInputStream(LargeUploadTest::body)));

            assertThat(Picture.of(reply.image()).width()).isPositive();
            assertThat(Files.readString(Path.of("/proc/" + retouch.pid() + "/cmdline"))).contains("-Xmx128m");
            retouch.terminate();
            assertThat(retouch.err()).doesNotContain("OutOfMemoryError");
        }
    }

    /** A form with images generated while they are sent: a small PNG with padding after its end. */
    private static InputStream body() {
        byte[] image = Contract.example("second.jpg");
        List<InputStream> parts = new ArrayList<>();
        for (int i = 0; i < IMAGES; i++) {
            parts.add(text("--x\r\nContent-Disposition: form-data; name=\"image[]\"; filename=\"" + i
                    + ".jpg\"\r\nContent-Type: image/jpeg\r\n\r\n"));
            parts.add(new ByteArrayInputStream(image));
            parts.add(new Zeros(IMAGE_BYTES - image.length));
            parts.add(text("\r\n"));
        }
        parts.add(text("--x\r\nContent-Disposition: form-data; name=\"prompt\"\r\n\r\nside by side\r\n--x--\r\n"));
        return new SequenceInputStream(Collections.enumeration(parts));
    }

    private static InputStream text(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
    }

    /** So many zero bytes. */
    private static final class Zeros extends InputStream {

        private long left;

        Zeros(long count) {
            left = count;
        }

        @Override
        public int read() {
            return left-- > 0 ? 0 : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) {
            int count = (int) Math.min(left, length);
            java.util.Arrays.fill(target, offset, offset + count, (byte) 0);
            left -= count;
            return count == 0 && length > 0 ? -1 : count;
        }
    }
}
