package dev.retouch.contract.dialect;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.Picture;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.Reply;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.journal.JournalEntry;

import static org.assertj.core.api.Assertions.assertThat;

/** As many images as one edit may have, each as large as it may be, byte for byte through a gateway with a small heap. */
class LargestEditTest {

    private static final int IMAGES = 16;
    private static final String KEY = "sk-of-a-caller-0123456789";

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    @Test
    void editsSixteenLargeImagesWithASmallHeap(@TempDir Path folder) throws IOException {
        Path large = Files.write(folder.resolve("large.png"),
                Pictures.padded(Pictures.opaque(), Pictures.FIFTY_MEGABYTES - 1));
        Path small = Files.write(folder.resolve("small.png"), Pictures.opaque());
        try (MockUpstream upstream = MockUpstream.start();
                LaunchedProcess retouch = LaunchedProcess.retouch(folder,
                        Map.of("RETOUCH_PORT", "0", "RETOUCH_UPSTREAM_URL",
                                upstream.baseUrl().toString(), "RETOUCH_UPSTREAM_KEY", "sk-of-the-provider",
                                "RETOUCH_BOOTSTRAP_KEY", KEY, "RETOUCH_JAVA_OPTS",
                                "-Xmx256m -XX:+ExitOnOutOfMemoryError"),
                        "serve")) {
            String address = retouch.awaitOutput("Retouch is up +(http://\\S+)").group(1);
            Endpoint gateway = new Endpoint(URI.create(address), KEY);

            Reply tooMany = edit(gateway, small, IMAGES + 1);
            assertThat(tooMany.status()).isEqualTo(400);
            assertThat(tooMany.error().path("code").asText()).isEqualTo("array_above_max_length");

            Picture edited = Picture.of(edit(gateway, large, IMAGES).image());
            assertThat(edited.width() + "x" + edited.height()).isEqualTo("1024x640");
            assertThat(upstream.journal().last().orElseThrow().parts("image[]")).hasSize(IMAGES)
                    .allSatisfy(part -> assertThat(part.size()).isEqualTo(Pictures.FIFTY_MEGABYTES - 1))
                    .extracting(JournalEntry.Part::sha256)
                    .containsOnly(Trials.sha256(Files.readAllBytes(large)));
            assertThat(Files.readString(Path.of("/proc/" + retouch.pid() + "/cmdline"))).contains("-Xmx256m");
            retouch.terminate();
            assertThat(retouch.err()).doesNotContain("OutOfMemoryError");
        }
    }

    /** The file is sent again and again from where it lies, so that this process does not hold it either. */
    private static Reply edit(Endpoint gateway, Path image, int times) throws IOException {
        List<BodyPublisher> parts = new ArrayList<>();
        for (int i = 0; i < times; i++) {
            parts.add(BodyPublishers.ofString("--x\r\nContent-Disposition: form-data; name=\"image[]\"; filename=\"" + i
                    + ".png\"\r\nContent-Type: image/png\r\n\r\n"));
            parts.add(BodyPublishers.ofFile(image));
            parts.add(BodyPublishers.ofString("\r\n"));
        }
        parts.add(field("size", "1024x640"));
        parts.add(field("prompt", "all of them"));
        parts.add(BodyPublishers.ofString("--x--\r\n"));
        return Endpoint.send(gateway.request(Endpoint.EDITS).timeout(Duration.ofMinutes(2))
                .header("Content-Type", "multipart/form-data; boundary=x")
                .POST(BodyPublishers.concat(parts.toArray(BodyPublisher[]::new))));
    }

    private static BodyPublisher field(String name, String value) {
        return BodyPublishers.ofString("--x\r\nContent-Disposition: form-data; name=\"" + name + "\"\r\n\r\n" + value
                + "\r\n");
    }
}
