package dev.retouch.server.key;

import java.time.Instant;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/** Queries of {@link KeyCache} about keys. */
interface KeyLookup {

    /**
     * Result of a lookup, consistent at a point in time.
     *
     * @param version number of changes of keys and groups until then
     * @param key the key; null if there is none
     */
    record Found(long version, @Nullable StoredKey key) {}

    /** Finds the key with a hash. */
    Found find(String hash);

    /** Reads the number of changes of keys and groups from the database. */
    long version();

    /** Returns the newest version that this instance knows, without a query. */
    long newestVersion();

    /** Writes the last use of keys by id. */
    void writeUses(Map<String, Instant> uses);
}
