package dev.retouch.server.key;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.key.KeyLookup.Found;

/**
 * Caches API keys, so that a request does not wait for the database. An entry has the version of the keys at which it
 * was read, and is valid until a newer version is known. A change on this instance is effective at once, a change on
 * another instance after the next {@link #refresh}. Entries of older versions are not removed, because a slow reader
 * could insert them again; they are ignored.
 *
 * <p>
 * If the database is unavailable, entries stay valid for five seconds after the last successful read of the version.
 * Afterwards every key is rejected, because it may have been revoked.
 */
public final class KeyCache {

    /** Maximum number of cached keys, and of cached hashes without a key. */
    static final int MOST = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(KeyCache.class);
    private static final Duration TRUST = Duration.ofSeconds(5);

    /** Longer than the longest attempt to connect to the database. */
    private static final Duration PAUSE = Duration.ofSeconds(15);

    /** Fewer than the reading connections, so that clients with unknown keys cannot block other readers. */
    private static final int LOOKUPS = 2;

    private final KeyLookup source;
    private final Clock clock;
    private final LastUsedTracker uses = new LastUsedTracker();
    private final Cache<String, Found> known = Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

    /** A separate cache for unknown keys, so that a flood of them does not evict valid keys. */
    private final Cache<String, Found> unknown = Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run)
            .build();
    private final Semaphore lookups = new Semaphore(LOOKUPS, true);
    private volatile Instant refreshed = Instant.MIN;
    private volatile @Nullable Outage outage;

    /** Creates the cache. */
    public KeyCache(KeyRepository store, Clock clock) {
        this((KeyLookup) store, clock);
    }

    KeyCache(KeyLookup source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    private record Outage(DatabaseUnavailableException failure, Instant since) {}

    /**
     * Returns the principal of a secret if the key is valid now.
     *
     * @throws DatabaseUnavailableException if the cache has no valid entry and the database is unavailable
     */
    public Optional<ApiPrincipal> find(String presented) {
        if (!KeySecret.isWellFormed(presented)) {
            return Optional.empty();
        }
        String hash = KeySecret.hashOf(presented);
        StoredKey key = remembered(hash).orElseGet(() -> lookUp(hash)).key();
        Instant now = clock.instant();
        if (key == null || !KeySecret.constantTimeEquals(key.hash(), hash) || !key.worksAt(now)) {
            return Optional.empty();
        }
        uses.note(key.principal().key().id(), now);
        return Optional.of(key.principal());
    }

    /**
     * Reads the version of the keys. Called four times per second by a background job; blocks as long as the database
     * does. Never fails.
     */
    public void refresh() {
        try {
            ask(source::version);
        } catch (DatabaseUnavailableException e) {
            LOG.debug("database still unavailable", e);
        } catch (RuntimeException e) {
            LOG.error("version of keys not readable", e);
        }
    }

    /**
     * Writes the last use of keys. Called by a background job, and once before the database is closed; blocks as long
     * as the database does. Never fails.
     */
    public void flushUses() {
        uses.flush(source);
    }

    private Optional<Found> remembered(String hash) {
        if (!isFresh()) {
            return Optional.empty();
        }
        return current(known, hash).or(() -> current(unknown, hash));
    }

    private Optional<Found> current(Cache<String, Found> memory, String hash) {
        return Optional.ofNullable(memory.getIfPresent(hash))
                .filter(found -> found.version() == source.newestVersion());
    }

    /** a clock that was set back does not extend validity */
    private boolean isFresh() {
        Instant since = refreshed;
        Instant now = clock.instant();
        return !now.isBefore(since) && !now.isAfter(since.plus(TRUST));
    }

    private Found lookUp(String hash) {
        lookups.acquireUninterruptibly();
        try {
            // another thread may have read the key meanwhile
            return remembered(hash).orElseGet(() -> read(hash));
        } finally {
            lookups.release();
        }
    }

    private Found read(String hash) {
        Outage now = outage;
        if (now != null && clock.instant().isBefore(now.since().plus(PAUSE))) {
            // requests do not wait for a database that is unavailable; refresh notices its return
            throw now.failure();
        }
        Found found = ask(() -> source.find(hash));
        (found.key() == null ? unknown : known).put(hash, found);
        return found;
    }

    /** Each result has the version, so it counts as a refresh at the time of the query. */
    private <T> T ask(Supplier<T> question) {
        Instant asked = clock.instant();
        T answer;
        try {
            answer = question.get();
        } catch (DatabaseUnavailableException e) {
            if (outage == null) {
                LOG.warn("database unavailable, cached keys stay valid seconds={}", TRUST.toSeconds(), e);
            }
            outage = new Outage(e, clock.instant());
            throw e;
        }
        refreshed = asked;
        if (outage != null) {
            outage = null;
            LOG.info("database available again");
        }
        return answer;
    }
}
