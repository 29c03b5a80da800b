package dev.retouch.server.secret;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/** A value that nobody prints by mistake. */
public final class Secret {

    private final String value;

    /** A secret with this value; an empty one counts as none. */
    public Secret(@Nullable String value) {
        this.value = value == null ? "" : value.strip();
    }

    /** The value, if there is one. */
    public Optional<String> value() {
        return value.isEmpty() ? Optional.empty() : Optional.of(value);
    }

    /** Whether somebody knows it; compared in constant time, so that the time of an answer tells nothing. No secret is known. */
    public boolean is(String given) {
        return !value.isEmpty() && MessageDigest.isEqual(value.getBytes(StandardCharsets.UTF_8),
                given.getBytes(StandardCharsets.UTF_8));
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof Secret secret && (value.isEmpty() ? secret.value.isEmpty() : is(secret.value));
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** Never the value. */
    @Override
    public String toString() {
        return value.isEmpty() ? "(none)" : "(secret)";
    }
}
