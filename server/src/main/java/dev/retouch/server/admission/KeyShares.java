package dev.retouch.server.admission;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

import org.jspecify.annotations.Nullable;

/**
 * Divides a pool of permits between API keys: one key gets a part of them only, so that others find some left. The pool itself has
 * its own limit. Thread-safe.
 */
public final class KeyShares {

    private final int perKey;
    private final Map<String, Share> keys = new HashMap<>();

    /**
     * Creates shares of a pool.
     *
     * @param pool number of permits in all
     * @param percentPerKey part of one key, 1 to 100 percent; always at least one permit
     */
    public KeyShares(int pool, int percentPerKey) {
        this.perKey = Math.max(1, (int) ((long) pool * percentPerKey / 100));
    }

    /** The permits of one key, and how many threads hold one or wait for one. */
    private final class Share {
        private final Semaphore permits = new Semaphore(perKey, true);
        private int users;
    }

    /** A permit. Any thread may release it, once. */
    @FunctionalInterface
    public interface Permit {
        /** Gives the permit back. */
        void release();
    }

    /**
     * Waits for a permit of a key; null if the key has none within the time.
     *
     * @param key root key id
     */
    public @Nullable Permit acquire(String key, Duration wait) throws InterruptedException {
        Share share = enter(key);
        boolean acquired = false;
        try {
            acquired = share.permits.tryAcquire(wait.toNanos(), TimeUnit.NANOSECONDS);
        } finally {
            if (!acquired) {
                leave(key, share);
            }
        }
        return acquired ? () -> {
            share.permits.release();
            leave(key, share);
        } : null;
    }

    /** Returns the number of keys that hold a permit or wait for one. */
    public int keys() {
        synchronized (keys) {
            return keys.size();
        }
    }

    private Share enter(String key) {
        synchronized (keys) {
            Share share = keys.computeIfAbsent(key, unknown -> new Share());
            share.users++;
            return share;
        }
    }

    private void leave(String key, Share share) {
        synchronized (keys) {
            if (--share.users == 0) {
                keys.remove(key);
            }
        }
    }
}
