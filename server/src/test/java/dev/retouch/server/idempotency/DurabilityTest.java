package dev.retouch.server.idempotency;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.admission.StorageQuota;
import dev.retouch.server.hosting.HostedImageStore;
import dev.retouch.server.hosting.UrlSigner;
import dev.retouch.server.storage.DiskStore;

import static org.assertj.core.api.Assertions.assertThat;

/** What the stored response of an edit needs after a power failure: files on disk, and directories that name them. */
@Tag("slow")
class DurabilityTest {

    private static final Duration LIFETIME = Duration.ofHours(1);
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 0, 0, 0, 13, 'I', 'H', 'D',
            'R', 0, 0, 0, 1, 0, 0, 0, 1, 8, 6, 0, 0, 0};

    @TempDir
    private Path folder = Path.of(".");

    private interface Action {
        void run() throws IOException;
    }

    /** The files and directories that were written to disk. */
    private Set<String> forced(Action action) throws IOException {
        Path file = folder.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.enable("jdk.FileForce").withoutThreshold();
            recording.start();
            action.run();
            recording.stop();
            recording.dump(file);
        }
        Set<String> paths = new TreeSet<>();
        List<RecordedEvent> events = RecordingFile.readAllEvents(file);
        events.forEach(event -> paths.add(folder.relativize(Path.of(event.getString("path"))).toString()
                .replaceAll("-[0-9a-f-]{36}", "").replaceAll("/[0-9a-f]{6}$", "/hour")));
        return paths;
    }

    @Test
    void storedResponseAndItsNameAreWrittenToDisk() throws IOException {
        StoredResponseFiles files = new StoredResponseFiles(new DiskStore(folder), folder, Clock.systemUTC(), LIFETIME,
                StorageQuota.UNLIMITED);
        assertThat(forced(() -> files.write("key_a", 200, new ResponseHead(false, Map.of()), "{}")))
                .containsExactly("answers", "answers/hour", "answers/new");
    }

    @Test
    void imageThatAResponseNamesIsWrittenToDisk() throws IOException {
        Clock clock = Clock.systemUTC();
        DiskStore disk = new DiskStore(folder);
        HostedImageStore store = new HostedImageStore(disk, folder, new UrlSigner(disk, clock, LIFETIME), clock,
                LIFETIME, StorageQuota.UNLIMITED);
        assertThat(forced(() -> publish(store, LIFETIME))).containsExactly("files", "files/hour", "files/new");
        assertThat(forced(() -> publish(store, Duration.ZERO))).as("no one looks for it later").isEmpty();
    }

    private static void publish(HostedImageStore store, Duration retention) throws IOException {
        try (HostedImageStore.Upload upload = store.newUpload("key_a")) {
            upload.write(PNG);
            upload.publish(URI.create("http://localhost/"), retention);
        }
    }
}
