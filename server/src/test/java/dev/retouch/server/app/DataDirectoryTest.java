package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.stream.Stream;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** Other users of the machine cannot read images, prompts and hashes of keys. */
class DataDirectoryTest {

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void posixOnly() {
        assumeThat(FileSystems.getDefault().supportedFileAttributeViews()).contains("posix");
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static void open(Path path) throws IOException {
        Files.setPosixFilePermissions(path,
                PosixFilePermissions.fromString(Files.isDirectory(path) ? "rwxr-xr-x" : "rw-r--r--"));
    }

    @Test
    void aNewDirectoryIsClosed() throws IOException {
        Path data = folder.resolve("a/data");
        DataDirectory.prepare(data, true);
        assertThat(permissions(data)).isEqualTo("rwx------");
        assertThat(permissions(data.resolve("retouch.db"))).isEqualTo("rw-------");
        assertThat(permissions(data.resolve("files"))).isEqualTo("rwx------");
    }

    @Test
    void everythingOfAGatewayIsClosed() throws IOException {
        try (StartedGateway gateway = StartedGateway.with(folder.resolve("data"));
                Stream<Path> paths = Files.walk(folder.resolve("data"), 1)) {
            assertThat(gateway.sandboxKey()).isNotEmpty();
            for (Path path : paths.toList()) {
                assertThat(permissions(path)).as(path.toString()).endsWith("------");
            }
        }
    }

    @Test
    void anOpenDirectoryOfAGatewayIsClosed() throws IOException {
        Path data = folder.resolve("data");
        DataDirectory.prepare(data, true);
        for (Path path : List.of(data, data.resolve("files"), data.resolve("retouch.db"))) {
            open(path);
        }
        DataDirectory.prepare(data, true);
        for (Path path : List.of(data, data.resolve("files"), data.resolve("retouch.db"))) {
            assertThat(permissions(path)).as(path.toString()).endsWith("------");
        }
    }

    @Test
    void aDirectoryWithOtherFilesStaysOpenButNotWhatIsInIt() throws IOException {
        Files.writeString(folder.resolve("letter.txt"), "not of a gateway");
        open(folder);
        DataDirectory.prepare(folder, true);
        assertThat(permissions(folder)).isEqualTo("rwxr-xr-x");
        assertThat(permissions(folder.resolve("files"))).isEqualTo("rwx------");
        assertThat(permissions(folder.resolve("retouch.db"))).isEqualTo("rw-------");
    }
}
