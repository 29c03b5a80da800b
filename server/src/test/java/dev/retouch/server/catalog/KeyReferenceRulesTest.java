package dev.retouch.server.catalog;

import java.nio.file.Path;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.SettingsFile;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** What a stored document of upstreams may refer to. */
class KeyReferenceRulesTest {

    private final KeyReferenceRules rules = new KeyReferenceRules("UPSTREAM_KEY_", Path.of("/run/keys"));

    private void check(String entry) {
        rules.check(SettingsFile.read("document", ("a: {" + entry + "}").getBytes(UTF_8)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"key-env: UPSTREAM_KEY_A", "key-file: /run/keys/a", "key-file: /run/keys/deep/../a",
            "key-env: ''", "key-file: null", "token-command: []", "service-account-file: /run/keys/account.json",
            "url: 'https://a.example/v1?api-version=2026-01-01'", "url: ':'", "kind: vertex, key-env: UPSTREAM_KEY_A",
            "kind: vertex, service-account-file: /run/keys/account.json"})
    void acceptsWhatTheOperatorAllows(String entry) {
        assertThatCode(() -> check(entry)).doesNotThrowAnyException();
    }

    @ParameterizedTest
    @ValueSource(strings = {"key-env: PATH", "key-env: upstream_key_a", "key-file: /etc/passwd",
            "key-file: /run/keys/../../etc/passwd", "key-file: /run/keys", "key-file: run/keys/a",
            "key-file: /run/keys-of-others/a", "token-file: /etc/passwd", "token-command: [cat, /etc/passwd]",
            "token-command: 'cat /etc/passwd'", "nested: {deeper: {secret-env: HOME}}", "kind: vertex",
            "kind: vertex, key-env: ''",
            "url: 'https://a.example/v1?api-key=x'", "url: 'https://a.example/v1?a=b&SIG=x'"})
    void refusesEverythingElseWithItsPlace(String entry) {
        assertThatThrownBy(() -> check(entry)).isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("the upstream 'a'").hasMessageStartingWith("document:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"key-file: /run/keys/a", "token-file: a"})
    void refusesAllFilesWithoutAFolder(String entry) {
        assertThatThrownBy(() -> new KeyReferenceRules("UPSTREAM_KEY_", null)
                .check(SettingsFile.read("document", ("a: {" + entry + "}").getBytes(UTF_8))))
                .isInstanceOf(ConfigurationException.class).hasMessageContaining("catalog.key-folder");
    }
}
