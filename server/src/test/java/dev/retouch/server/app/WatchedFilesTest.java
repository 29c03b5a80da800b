package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;

class WatchedFilesTest {

    private final WatchedFiles files = new WatchedFiles();

    @TempDir
    private Path folder = Path.of(".");

    @Test
    void changeCountsOnceItIsStable() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "1");
        List<Path> watched = List.of(file);
        files.remember(watched);
        assertThat(files.haveChanged(watched)).isFalse();

        Files.writeString(file, "2");
        assertThat(files.haveChanged(watched)).as("it may still be written").isFalse();
        Files.writeString(file, "23");
        assertThat(files.haveChanged(watched)).isFalse();
        assertThat(files.haveChanged(watched)).isTrue();
        files.remember(watched);
        assertThat(files.haveChanged(watched)).isFalse();
    }

    /** Kubernetes mounts a folder through a link to a link, and changes the inner link. */
    @Test
    void changeOfALinkIsNoticed() throws IOException {
        Path first = Files.createDirectories(folder.resolve("..1"));
        Path second = Files.createDirectories(folder.resolve("..2"));
        Files.writeString(first.resolve("upstreams.yaml"), "old");
        Files.writeString(second.resolve("upstreams.yaml"), "new");
        Path data = Files.createSymbolicLink(folder.resolve("..data"), Path.of("..1"));
        Path file = Files.createSymbolicLink(folder.resolve("upstreams.yaml"), Path.of("..data", "upstreams.yaml"));
        List<Path> watched = List.of(file);
        files.remember(watched);

        Files.createSymbolicLink(folder.resolve("..data_tmp"), Path.of("..2"));
        Files.move(folder.resolve("..data_tmp"), data, StandardCopyOption.ATOMIC_MOVE);

        assertThat(files.haveChanged(watched)).isFalse();
        assertThat(files.haveChanged(watched)).isTrue();
    }

    @Test
    void missingFileIsAChange() throws IOException {
        Path file = Files.writeString(folder.resolve("a"), "1");
        List<Path> watched = List.of(file);
        files.remember(watched);
        Files.delete(file);
        assertThat(files.haveChanged(watched)).isFalse();
        assertThat(files.haveChanged(watched)).isTrue();
    }
}
