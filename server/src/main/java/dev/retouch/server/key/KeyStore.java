package dev.retouch.server.key;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

import dev.retouch.server.store.Database;

/**
 * Groups and keys in the database. Every change counts the version up in the same write, so that whoever remembers keys, here or
 * in another process, can tell that what it remembers is old.
 */
public final class KeyStore implements KeySource {

    private final Database database;
    private final PolicyColumns columns = new PolicyColumns();
    private final AtomicLong newest = new AtomicLong();

    /** Keys in this database. */
    public KeyStore(Database database) {
        this.database = database;
    }

    private record Changed<T>(T result, long version) {}

    /** Reads. */
    <T> T read(Function<KeyTables, T> work) {
        return database.read(handle -> work.apply(new KeyTables(handle, columns)));
    }

    /**
     * Changes, all of it or nothing. Those who change take turns, on all instances, so what the work has looked at stays true
     * until it is done. It may be done again from the beginning, so it brings its random values along.
     */
    <T> T change(Function<KeyTables, T> work) {
        Changed<T> changed = database.write(handle -> {
            KeyTables tables = new KeyTables(handle, columns);
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

    /** No change of a key: whoever remembers it may go on doing so. */
    @Override
    public void writeUses(Map<String, Instant> uses) {
        database.write(handle -> new KeyTables(handle, columns).use(uses));
    }

    /** Answers may come in another order than they were asked for; the highest is the newest. */
    private void heard(long version) {
        newest.accumulateAndGet(version, Math::max);
    }
}
