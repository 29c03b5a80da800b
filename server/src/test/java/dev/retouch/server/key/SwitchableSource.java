package dev.retouch.server.key;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.database.DatabaseUnavailableException;

/** A real repository that counts queries, can become unavailable, and runs an action between a read and its result. */
final class SwitchableSource implements KeyLookup {

    private final KeyLookup store;
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private @Nullable DatabaseUnavailableException away;
    private Runnable meanwhile = () -> {};

    SwitchableSource(KeyLookup store) {
        this.store = store;
    }

    void goAway(DatabaseUnavailableException failure) {
        away = failure;
    }

    void comeBack() {
        away = null;
    }

    /** Runs an action once, after the next key was read and before the result is returned. */
    void meanwhile(Runnable event) {
        meanwhile = event;
    }

    /** Returns the number of lookups. */
    int reads() {
        return reads.get();
    }

    /** Returns the number of writes of last uses. */
    int writes() {
        return writes.get();
    }

    @Override
    public Found find(String hash) {
        reads.incrementAndGet();
        failWhereAway();
        Found found = store.find(hash);
        Runnable event = meanwhile;
        meanwhile = () -> {};
        event.run();
        return found;
    }

    @Override
    public long version() {
        failWhereAway();
        return store.version();
    }

    @Override
    public long newestVersion() {
        return store.newestVersion();
    }

    @Override
    public void writeUses(Map<String, Instant> uses) {
        failWhereAway();
        writes.incrementAndGet();
        store.writeUses(uses);
    }

    private void failWhereAway() {
        DatabaseUnavailableException failure = away;
        if (failure != null) {
            throw failure;
        }
    }
}
