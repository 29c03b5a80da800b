package dev.retouch.server.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** Holds a secret value that does not appear in logs or exception messages. */
public final class Secret {

    private final String value;

    /** Creates a secret. A null or blank value counts as none. */
    public Secret(@Nullable String value) {
        this.value = value == null ? "" : value.strip();
    }

    /** Returns the value, or empty if there is none. */
    public Optional<String> value() {
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    /** Whether a value equals the secret, compared in constant time. Always false if there is no secret. */
    public boolean matches(String given) {
        return !value.isEmpty() && MessageDigest.isEqual(value.getBytes(StandardCharsets.UTF_8),
                given.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && (value.isEmpty() ? secret.value.isEmpty() : matches(secret.value));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Returns a placeholder, never the value. */
    @Override
    public String toString() {
        return value.isEmpty() ? "(none)" : "(secret)";
    }
}
