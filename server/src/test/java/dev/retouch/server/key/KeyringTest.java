package dev.retouch.server.key;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.fixture.Failures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class KeyringTest {

    private final Path dataDir;
    private final SandboxKey key;

    KeyringTest(@TempDir Path dataDir) throws IOException {
        this.dataDir = dataDir;
        this.key = made();
    }

    private SandboxKey made() throws IOException {
        return SandboxKey.of(dataDir, false);
    }

    private Keyring keyring(boolean loopbackOnly) {
        return new Keyring(Optional.of(key), loopbackOnly);
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

    @ParameterizedTest
    @ValueSource(strings = {"Bearer %s", "bearer %s", "BEARER   %s  ", "  Bearer %s"})
    void theKeyIsKnownHoweverItIsSent(String header) {
        assertThat(keyring(true).identify(Optional.of(header.formatted(key.value()))).name()).isEqualTo("sandbox");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Basic dXNlcjpwYXNz", "Bearer", "Bearer%s", "%s", "Token %s"})
    void aHeaderWithoutAKeyIsToldWhatToSend(String header) {
        Failures.told(() -> keyring(true).identify(Optional.of(header.formatted(key.value()))),
                ErrorMessage.KEY_IS_MISSING, "",
                "No API key was given. Send one in the header 'Authorization: Bearer YOUR_KEY'.");
    }

    @Test
    void noHeaderIsToldWhatToSend() {
        assertThat(Failures.of(() -> keyring(true).identify(Optional.empty())).message())
                .isEqualTo(ErrorMessage.KEY_IS_MISSING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-wrong", "Bearer %sx", "Bearer x%s", "Bearer sk-sandbox-", "Bearer %s %s",
            "Bearer 玫瑰"})
    void aWrongKeyIsRefusedAndNotRepeated(String header) {
        String sent = header.replace("%s", key.value());
        ApiException failure = Failures.of(() -> keyring(true).identify(Optional.of(sent)));

        assertThat(failure.message()).isEqualTo(ErrorMessage.KEY_IS_WRONG);
        assertThat(Failures.text(failure) + failure + failure.words()).doesNotContain(sent.substring(7));
    }

    @Test
    void theSandboxKeyIsForThisMachine() {
        Failures.told(() -> keyring(false).identify(Optional.of("Bearer " + key.value())),
                ErrorMessage.SANDBOX_KEY_IS_FOR_LOOPBACK, "",
                "The sandbox key works only while the gateway listens on a loopback address."
                        + " Use a key of a configured group.");
        assertThat(Failures.of(() -> keyring(false).identify(Optional.of("Bearer sk-wrong"))).message())
                .isEqualTo(ErrorMessage.KEY_IS_WRONG);
    }

    @Test
    void withoutASandboxNoKeyIsRight() {
        Keyring empty = new Keyring(Optional.empty(), true);
        assertThat(Failures.of(() -> empty.identify(Optional.of("Bearer " + key.value()))).message())
                .isEqualTo(ErrorMessage.KEY_IS_WRONG);
    }
}
