package dev.retouch.server.key;

import java.security.SecureRandom;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import static org.assertj.core.api.Assertions.assertThat;

class KeySecretTest {

    private final SecureRandom random = new SecureRandom();

    @Test
    void newKeysAreWellFormedAndUnique() {
        Set<String> keys = IntStream.range(0, 200).mapToObj(i -> KeySecret.random(random).value())
                .collect(Collectors.toSet());

        assertThat(keys).hasSize(200).allMatch(key -> key.matches("sk-retouch-[0-9A-Za-z]{40}"))
                .allMatch(KeySecret::isWellFormed);
        assertThat(keys.stream().flatMap(key -> key.substring(11).chars().boxed()).collect(Collectors.toSet()))
                .as("letters and digits that occur").hasSize(62);
    }

    @Test
    void fourCharactersOfChanceAreShown() {
        KeySecret secret = KeySecret.random(random);
        assertThat(secret.prefix()).hasSize(15).isEqualTo(secret.value().substring(0, 15));
    }

    @Test
    void itIsNotShownByAccident() {
        KeySecret secret = KeySecret.random(random);
        assertThat(secret.toString()).contains(secret.prefix()).doesNotContain(secret.value().substring(15));
    }

    @ParameterizedTest
    @CsvSource({"abcdefghijklmnop, abcd", "abcdefghijklmnopqrst, abcde", "abcdefghijklmnopqrstuvwxyz, abcdef",
            "abcdefghijklmnopqrstuvwxyzabcdefghijklmnopqrstuvwxyz, abcdef"})
    void ofAChosenKeyLittleIsShown(String value, String prefix) {
        assertThat(KeySecret.chosen(value).prefix()).isEqualTo(prefix);
    }

    @Test
    void theHashIsSha256() {
        assertThat(KeySecret.hashOf("abc"))
                .isEqualTo("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        KeySecret secret = KeySecret.random(random);
        assertThat(secret.hash()).isEqualTo(KeySecret.hashOf(secret.value()));
    }

    @Test
    void equalIsWhatIsEqualToTheEnd() {
        assertThat(KeySecret.constantTimeEquals("abc", "abc")).isTrue();
        assertThat(KeySecret.constantTimeEquals("abc", "abd")).isFalse();
        assertThat(KeySecret.constantTimeEquals("abc", "abcd")).isFalse();
    }

    @Test
    void detectsMalformedKeysWithoutALookup() {
        assertThat(KeySecret.isWellFormed("x".repeat(16))).isTrue();
        assertThat(KeySecret.isWellFormed("x".repeat(200))).isTrue();
        assertThat(KeySecret.isWellFormed("x".repeat(15))).isFalse();
        assertThat(KeySecret.isWellFormed("x".repeat(201))).isFalse();
        assertThat(KeySecret.isWellFormed("")).isFalse();
        assertThat(KeySecret.isWellFormed("with a space inside")).isFalse();
        assertThat(KeySecret.isWellFormed("with\ta\ttab\tinside")).isFalse();
        assertThat(KeySecret.isWellFormed("xxxxxxxxxxxxxxxx玫瑰")).isFalse();
    }
}
