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

import dev.retouch.server.key.KeySource.Found;
import dev.retouch.server.store.DatabaseAwayException;

/**
 * The keys of this gateway, remembered, so that a request does not wait for the database. What is remembered bears the version at
 * which it was read and counts only as long as nothing newer is known: a change made here is known at once, one made elsewhere
 * with the next {@link #refresh}. Nothing is thrown out when the version changes, because a slow reader could put the old answer
 * back in afterwards; it just does not count any more.
 *
 * <p>While the database is away, what is remembered counts for five seconds after the last time that the version was read. After
 * that nobody is let in: a key may have been revoked.
 */
public final class Keys {

    /** How many keys are remembered at most, and as many that do not exist. */
    static final int MOST = 10_000;

    private static final Logger LOG = LoggerFactory.getLogger(Keys.class);
    private static final Duration TRUST = Duration.ofSeconds(5);

    /** Longer than the longest attempt to reach a database that does not answer. */
    private static final Duration PAUSE = Duration.ofSeconds(15);

    /** Fewer than the database has readers: strangers who try keys must not keep everybody else from reading. */
    private static final int LOOKUPS = 2;

    private final KeySource source;
    private final Clock clock;
    private final KeyUses uses = new KeyUses();
    private final Cache<String, Found> known = Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run).build();

    /** Apart from the others, so that a flood of wrong keys does not push out the right ones. */
    private final Cache<String, Found> unknown = Caffeine.newBuilder().maximumSize(MOST).executor(Runnable::run)
            .build();
    private final Semaphore lookups = new Semaphore(LOOKUPS, true);
    private volatile Instant refreshed = Instant.MIN;
    private volatile @Nullable Outage outage;

    /** The keys of a store. */
    public Keys(KeyStore store, Clock clock) {
        this((KeySource) store, clock);
    }

    Keys(KeySource source, Clock clock) {
        this.source = source;
        this.clock = clock;
    }

    private record Outage(DatabaseAwayException failure, Instant since) {}

    /**
     * Who presents this key, if it is one that works now.
     *
     * @throws DatabaseAwayException where only the database could tell
     */
    public Optional<Caller> find(String presented) {
        if (!KeySecret.canBe(presented)) {
            return Optional.empty();
        }
        String hash = KeySecret.hashOf(presented);
        StoredKey key = remembered(hash).orElseGet(() -> lookUp(hash)).key();
        Instant now = clock.instant();
        if (key == null || !KeySecret.same(key.hash(), hash) || !key.worksAt(now)) {
            return Optional.empty();
        }
        uses.note(key.caller().key().id(), now);
        return Optional.of(key.caller());
    }

    /**
     * Asks the database whether keys have changed. To be called four times a second by a thread of its own: an attempt may take
     * as long as the database does. Never fails.
     */
    public void refresh() {
        try {
            ask(source::version);
        } catch (DatabaseAwayException e) {
            LOG.debug("the database is still away", e);
        } catch (RuntimeException e) {
            LOG.error("whether keys have changed cannot be read", e);
        }
    }

    /**
     * Writes when keys were last used. To be called now and then, and once more before the database is closed; takes as long as
     * the database does. Never fails.
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

    /** A clock that was set back makes nothing fresh. */
    private boolean isFresh() {
        Instant since = refreshed;
        Instant now = clock.instant();
        return !now.isBefore(since) && !now.isAfter(since.plus(TRUST));
    }

    private Found lookUp(String hash) {
        lookups.acquireUninterruptibly();
        try {
            // somebody may have read it in the meantime, or found that there is nothing to read
            return remembered(hash).orElseGet(() -> read(hash));
        } finally {
            lookups.release();
        }
    }

    private Found read(String hash) {
        Outage now = outage;
        if (now != null && clock.instant().isBefore(now.since().plus(PAUSE))) {
            // requests do not wait for a database that is known to be away; refresh tells when it is back
            throw now.failure();
        }
        Found found = ask(() -> source.find(hash));
        (found.key() == null ? unknown : known).put(hash, found);
        return found;
    }

    /** Every answer brings the version along, so each is as good as a refresh, as of when it was asked for. */
    private <T> T ask(Supplier<T> question) {
        Instant asked = clock.instant();
        T answer;
        try {
            answer = question.get();
        } catch (DatabaseAwayException e) {
            if (outage == null) {
                LOG.warn("the database is away, keys are remembered for seconds={}", TRUST.toSeconds(), e);
            }
            outage = new Outage(e, clock.instant());
            throw e;
        }
        refreshed = asked;
        if (outage != null) {
            outage = null;
            LOG.info("the database is back");
        }
        return answer;
    }
}
