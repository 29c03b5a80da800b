package dev.retouch.server.key;

/**
 * A new API key with its secret. The secret is shown once and cannot be shown again.
 *
 * @param key stored part of the key
 * @param secret the secret {@code sk-…}
 */
public record IssuedKey(ApiKey key, String secret) {

    /** Omits the secret. */
    @Override
    public String toString() {
        return "IssuedKey[id=" + key.id() + "]";
    }
}
