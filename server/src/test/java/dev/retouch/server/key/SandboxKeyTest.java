package dev.retouch.server.key;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The API key that works without configuration. */
class SandboxKeyTest {

    private final Path dataDir;
    private final SandboxKey key;

    SandboxKeyTest(@TempDir Path dataDir) throws IOException {
        this.dataDir = dataDir;
        this.key = made();
    }

    private SandboxKey made() throws IOException {
        return SandboxKey.of(dataDir, Group.sandbox(false, 8));
    }

    @Test
    void theSandboxKeyStaysTheSame() throws IOException {
        assertThat(key.value()).matches("sk-sandbox-[0-9A-Za-z]{32}");
        assertThat(made().value()).isEqualTo(key.value());
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(dataDir.resolve("sandbox.key"))))
                .isEqualTo("rw-------");
    }

    @Test
    void eachDataDirectoryHasItsOwn(@TempDir Path other) throws IOException {
        Files.delete(dataDir.resolve("sandbox.key"));
        assertThat(made().value()).isNotEqualTo(key.value());
        assertThat(other).isEmptyDirectory();
    }

    @Test
    void itIsNotShownByAccident() {
        assertThat(key.toString()).doesNotContain(key.value()).contains("sandbox");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "sk-sandbox-short", "something else"})
    void aDamagedFileIsNamed(String content) throws IOException {
        Path file = dataDir.resolve("sandbox.key");
        Files.writeString(file, content);
        assertThatThrownBy(this::made).isInstanceOf(IOException.class)
                .hasMessage(file + " does not hold a sandbox key; delete it to get a new one");
    }
}
