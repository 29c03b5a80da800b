package dev.retouch.server.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.Set;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.storage.ObjectStore.NewObject;

import static org.assertj.core.api.Assertions.assertThat;

class ExpiringNamesTest {

    private static final Instant NOON = Instant.parse("2026-11-30T12:00:00Z");

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void idsAreRandomBehindTheirHour() {
        Set<String> ids = new HashSet<>();
        for (int i = 0; i < 1000; i++) {
            ids.add(ExpiringNames.newId(NOON));
        }
        assertThat(ids).hasSize(1000).allMatch(id -> id.matches(ExpiringNames.FORM))
                .allMatch(id -> ExpiringNames.folder(id).equals(ExpiringNames.folder(ids.iterator().next())));
    }

    @Test
    void folderIsRemovedWhenEverythingInItHasExpired() throws IOException {
        DiskStore store = new DiskStore(folder);
        String id = ExpiringNames.newId(NOON);
        String hour = ExpiringNames.folder(id);
        Path file = Files.writeString(folder.resolve("new"), "x");
        store.put(new NewObject("files/" + hour + "/" + id, "text/plain", file, true));
        store.put(new NewObject("files/other/kept", "text/plain", Files.writeString(folder.resolve("new"), "y"), true));

        for (Duration age : new Duration[]{Duration.ofDays(-30), Duration.ZERO, Duration.ofMinutes(10)}) {
            ExpiringNames.removeExpired(store, "files", NOON.plus(age));
            assertThat(store.list("files").folders()).as(age.toString()).containsExactlyInAnyOrder(hour, "other");
        }
        ExpiringNames.removeExpired(store, "files", NOON.plus(Duration.ofHours(1)));
        assertThat(store.list("files").folders()).as("no folder of an hour stays").containsExactly("other");
    }
}
