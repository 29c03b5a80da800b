package dev.retouch.server.key;

/**
 * A key that was just made. The only moment at which it is known: it is shown to whoever asked for it, and cannot be shown again.
 *
 * @param key what is kept of it
 * @param secret the key itself
 */
public record IssuedKey(ApiKey key, String secret) {

    /** Never the key. */
    @Override
    public String toString() {
        return "IssuedKey[id=" + key.id() + "]";
    }
}
