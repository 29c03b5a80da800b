package dev.retouch.server.key;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import dev.retouch.server.database.Database;

/**
 * Reads and writes groups and keys. Each change increments the version in the same transaction, so that caches of all
 * instances notice it.
 */
public final class KeyRepository implements KeyLookup {

    /** The number of uses in a transaction. */
    private static final int MAX_USES = 500;

    private final Database database;
    private final JsonColumns columns = new JsonColumns();
    private final AtomicLong newest = new AtomicLong();

    /** Creates the repository. */
    public KeyRepository(Database database) {
        this.database = database;
    }

    private record Changed<T>(T result, long version) {}

    /** Runs a read transaction. */
    <T> T read(Function<KeyTables, T> work) {
        return database.read(handle -> work.apply(new KeyTables(handle, columns)));
    }

    /**
     * Runs a write transaction, all or nothing. Changes of keys and groups wait for each other on all instances, so what the work
     * reads stays true until it ends. The work may be repeated and must bring its random values along.
     */
    <T> T change(Function<KeyTables, T> work) {
        Changed<T> changed = database.write(handle -> {
            KeyTables tables = new KeyTables(handle, columns);
            if (database.isShared()) {
                tables.lock();
            }
            T result = work.apply(tables);
            return new Changed<>(result, tables.nextVersion());
        });
        heard(changed.version());
        return changed.result();
    }

    @Override
    public Found find(String hash) {
        Found found = read(tables -> tables.find(hash));
        heard(found.version());
        return found;
    }

    @Override
    public long version() {
        long version = read(KeyTables::version);
        heard(version);
        return version;
    }

    @Override
    public long newestVersion() {
        return newest.get();
    }

    /** Does not increment the version: caches stay valid. */
    @Override
    public void writeUses(Map<String, Instant> uses) {
        // sorted, so that instances that write the same keys do not wait for each other in a circle
        List<Map.Entry<String, Instant>> all = uses.entrySet().stream().sorted(Map.Entry.comparingByKey()).toList();
        for (int from = 0; from < all.size(); from += MAX_USES) {
            List<Map.Entry<String, Instant>> some = all.subList(from, Math.min(all.size(), from + MAX_USES));
            database.write(handle -> new KeyTables(handle, columns).use(some));
        }
    }

    /** Results may arrive out of order; the highest version is the newest. */
    private void heard(long version) {
        newest.accumulateAndGet(version, Math::max);
    }
}
