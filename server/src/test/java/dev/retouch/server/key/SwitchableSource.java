package dev.retouch.server.key;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.store.DatabaseAwayException;

/** A real store that counts what it is asked, can be made to be away, and lets something happen while an answer is on its way. */
final class SwitchableSource implements KeySource {

    private final KeySource store;
    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger writes = new AtomicInteger();
    private @Nullable DatabaseAwayException away;
    private Runnable meanwhile = () -> {};

    SwitchableSource(KeySource store) {
        this.store = store;
    }

    void goAway(DatabaseAwayException failure) {
        away = failure;
    }

    void comeBack() {
        away = null;
    }

    /** Happens once, after the next key was read and before the answer arrives. */
    void meanwhile(Runnable event) {
        meanwhile = event;
    }

    /** How often a key was looked for. */
    int reads() {
        return reads.get();
    }

    /** How often uses were written. */
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
        DatabaseAwayException failure = away;
        if (failure != null) {
            throw failure;
        }
    }
}
