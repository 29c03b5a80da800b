package dev.retouch.server.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongSupplier;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * Whether an object store takes objects. The last attempt to store one decides for a second; after that the next edit that needs the
 * store stores a small object first. Concurrent edits share one such probe. Thread-safe.
 */
final class StoreAvailability {

    private static final Logger LOG = LoggerFactory.getLogger(StoreAvailability.class);
    private static final long FRESH_NANOS = Duration.ofSeconds(1).toNanos();
    private static final long IDLE_NANOS = Duration.ofSeconds(3).toNanos();
    private static final long RETRY_NANOS = Duration.ofMillis(250).toNanos();

    private final Probe probe;
    private final LongSupplier nanoTime;
    private final ReentrantLock probing = new ReentrantLock();
    private volatile @Nullable Attempt last;

    /** Stores a small object. */
    @FunctionalInterface
    interface Probe {
        void run() throws IOException;
    }

    /** The last attempt to store an object; the failure is null if it succeeded. */
    private record Attempt(long time, @Nullable Exception failure) {

        boolean isWithin(long nanos, long now) {
            return now - time < nanos;
        }
    }

    /**
     * Judges by a probe.
     *
     * @param nanoTime the clock of {@link System#nanoTime()}
     */
    StoreAvailability(Probe probe, LongSupplier nanoTime) {
        this.probe = probe;
        this.nanoTime = nanoTime;
    }

    /** Records that an object was stored. */
    void succeeded() {
        ended(null);
    }

    /** Records that an object could not be stored. */
    void failed(Exception cause) {
        ended(cause);
    }

    private void ended(@Nullable Exception failure) {
        boolean before = isAvailable();
        last = new Attempt(nanoTime.getAsLong(), failure);
        if (before && failure != null) {
            LOG.warn("object store unavailable cause=\"{}\"", failure.toString());
        } else if (!before && failure == null) {
            LOG.info("object store available again");
        }
    }

    /** Whether the last attempt succeeded. */
    boolean isAvailable() {
        Attempt attempt = last;
        return attempt == null || attempt.failure() == null;
    }

    /**
     * Rejects work if the store does not take objects now.
     *
     * @throws ApiException if the last attempt failed a moment ago, or a probe fails
     */
    void require() {
        check().ifPresent(failure -> {
            throw new ApiException(ErrorMessage.OBJECT_STORE_IS_UNAVAILABLE).withCause(failure);
        });
    }

    /** Probes if the store was unavailable, or if nothing was stored for some seconds. */
    void refresh() {
        Attempt attempt = last;
        if (attempt == null || attempt.failure() != null || !attempt.isWithin(IDLE_NANOS, nanoTime.getAsLong())) {
            check();
        }
    }

    /** The failure of the last attempt, or of a probe if there was none for a moment; empty if the store takes objects. */
    private Optional<Exception> check() {
        long asked = nanoTime.getAsLong();
        Attempt recent = recent(asked);
        if (recent != null) {
            return Optional.ofNullable(recent.failure());
        }
        probing.lock();
        try {
            Attempt meanwhile = last;
            if (meanwhile != null && meanwhile.time() - asked >= 0) {
                return Optional.ofNullable(meanwhile.failure()); // another thread has probed
            }
            try {
                probe.run();
                succeeded();
                return Optional.empty();
            } catch (IOException e) {
                failed(e);
                return Optional.of(e);
            }
        } finally {
            probing.unlock();
        }
    }

    private @Nullable Attempt recent(long now) {
        Attempt attempt = last;
        return attempt != null && attempt.isWithin(attempt.failure() == null ? FRESH_NANOS : RETRY_NANOS, now)
                ? attempt
                : null;
    }
}
