package dev.retouch.server.key;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** What {@link Keys} asks about keys. */
interface KeySource {

    /**
     * What is known of a key, as of one moment.
     *
     * @param version how often keys and groups had changed by then
     * @param key the key, if there is one
     */
    record Found(long version, @Nullable StoredKey key) {}

    /** Looks for the key with this hash. */
    Found find(String hash);

    /** Asks how often keys and groups have changed, whoever changed them. */
    long version();

    /** The newest version that this process has heard of, which costs nothing to ask. */
    long newestVersion();

    /** Keeps when keys were used, by their ids. */
    void writeUses(Map<String, Instant> uses);
}
