package dev.retouch.server.task;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.admission.StorageQuota;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.EditRequest.Upload;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.image.Spool;
import dev.retouch.server.storage.DiskStore;

import static org.assertj.core.api.Assertions.assertThat;

class TaskFilesTest {

    private final Path dataDir;
    private final ManualClock clock = ManualClock.atSomeTime();
    /** The bytes that count, of all accounts. */
    private final AtomicLong counted = new AtomicLong();
    private final TaskFiles files;
    private final Spool spool;

    TaskFilesTest(@TempDir Path dataDir) throws IOException {
        this.dataDir = dataDir;
        this.spool = new Spool(dataDir.resolve("tmp"), 10);
        this.files = new TaskFiles(new DiskStore(dataDir), dataDir, spool, clock, new StorageQuota() {
            @Override
            public void require(String account) {
                // everything is admitted
            }

            @Override
            public void stored(String account, Instant removedAt, long bytes) {
                counted.addAndGet(bytes);
            }
        });
    }

    private Upload upload(String param, int bytes) throws IOException {
        try (Spool.Writer writer = spool.newWriter()) {
            writer.write(new byte[bytes]);
            return new Upload(param, writer.finish());
        }
    }

    @Test
    void aRequestComesBackAsItWas() throws IOException {
        EditRequest request = new EditRequest(Optional.empty(), Optional.of("ein roter Ballon 🎈"),
                List.of(upload("image[0]", 5), Upload.at("image[1]", "https://example.com/a.png"),
                        upload("image[2]", 50_000)),
                Optional.of(upload("mask", 7)), Map.of("n", "2", "size", "auto"), Map.of("seed", "1"), true);
        String saved = files.save("task_a", "key_a", request, Map.of());

        assertThat(counted).hasValue(50_012);

        try (Exchange exchange = new Exchange("req_test", 0)) {
            EditRequest loaded = files.load(
                    new TaskSpec("task_a", "account", "key", "edit", saved, URI.create("http://localhost/"), 2),
                    exchange);
            assertThat(loaded.model()).isEmpty();
            assertThat(loaded.prompt()).isEqualTo(request.prompt());
            assertThat(loaded.parameters()).isEqualTo(request.parameters());
            assertThat(loaded.unknown()).isEqualTo(request.unknown());
            assertThat(loaded.json()).isTrue();
            assertThat(loaded.images()).extracting(Upload::param).containsExactly("image[0]", "image[1]", "image[2]");
            assertThat(loaded.images().get(1)).isEqualTo(request.images().get(1));
            assertThat(loaded.images().get(2).bytes().size()).isEqualTo(50_000);
            assertThat(loaded.mask().orElseThrow().bytes().size()).isEqualTo(7);
            try (InputStream in = loaded.images().getFirst().bytes().open()) {
                assertThat(in.readAllBytes()).isEqualTo(new byte[5]);
            }
        }
        files.remove("task_a");
        assertThat(dataDir.resolve("tasks")).isEmptyDirectory();
        assertThat(counted).hasValue(0);
    }

    @Test
    void removesOnlyUnneededFolders() throws IOException {
        for (String id : List.of("task_young", "task_old", "task_needed")) {
            files.save(id, "key_a", new EditRequest(Optional.empty(), Optional.empty(), List.of(upload("image", 5)),
                    Optional.empty(), Map.of(), Map.of()), Map.of());
            Duration age = id.equals("task_young") ? Duration.ZERO : Duration.ofHours(2);
            Files.setLastModifiedTime(dataDir.resolve("tasks").resolve(id).resolve("image-0"),
                    FileTime.from(clock.instant().minus(age)));
        }
        files.removeForgotten(() -> Set.of("task_needed"));
        assertThat(dataDir.resolve("tasks")).isDirectoryContaining("glob:**task_young")
                .isDirectoryContaining("glob:**task_needed").isDirectoryNotContaining("glob:**task_old");
    }
}
