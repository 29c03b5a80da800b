package dev.retouch.server.api;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.secret.Secret;

/**
 * Compares admin tokens, and slows down peers that guess. After {@value #FREE_FAILURES} failures within a minute, each further
 * attempt of the peer waits before it is compared, and few wait at once; the others are refused without a comparison. Thread-safe.
 */
public final class AdminTokenCheck {

    /** Failures after which a peer waits. */
    static final int FREE_FAILURES = 5;
    private static final Logger LOG = LoggerFactory.getLogger(AdminTokenCheck.class);
    private static final Duration GUESS_DELAY = Duration.ofMillis(200);
    private static final Duration FORGIVEN_AFTER = Duration.ofMinutes(1);
    private static final int MAX_WAITING = 4;
    private static final int MAX_PEERS = 10_000;

    private final Secret token;
    private final LongSupplier nanoTime;
    private final Duration delay;
    private final Map<String, Failures> peers = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Failures> eldest) {
            return size() > MAX_PEERS;
        }
    };

    /** Creates the check with the clock of the JVM. */
    public AdminTokenCheck(Secret token) {
        this(token, System::nanoTime, GUESS_DELAY);
    }

    /**
     * Creates the check with no failures.
     *
     * @param token the admin token; empty if administration is off
     * @param nanoTime the clock by which failures are forgotten, such as {@link System#nanoTime()}
     * @param delay how long an attempt of a peer that has guessed waits
     */
    AdminTokenCheck(Secret token, LongSupplier nanoTime, Duration delay) {
        this.token = token;
        this.nanoTime = nanoTime;
        this.delay = delay;
    }

    /** Failed attempts of a peer, and its attempts that wait. */
    private static final class Failures {
        private int count;
        private long lastNanos;
        private int waiting;
    }

    /** Whether administration is on. */
    boolean isOn() {
        return token.value().isPresent();
    }

    /** Whether a token is right. Blocks if the peer has guessed before. */
    public boolean accepts(String peer, String given) {
        if (isSuspicious(peer)) {
            if (!beginWait(peer)) {
                return false;
            }
            try {
                Thread.sleep(delay);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            } finally {
                endWait(peer);
            }
        }
        if (token.matches(given)) {
            return true;
        }
        LOG.warn("admin token refused peer={} failures={}", peer, countFailure(peer));
        return false;
    }

    private Failures of(String peer) {
        return peers.computeIfAbsent(peer, unknown -> new Failures());
    }

    private boolean isSuspicious(String peer) {
        synchronized (peers) {
            Failures failures = peers.get(peer);
            if (failures == null) {
                return false;
            }
            if (nanoTime.getAsLong() - failures.lastNanos > FORGIVEN_AFTER.toNanos()) {
                failures.count = 0;
            }
            return failures.count >= FREE_FAILURES;
        }
    }

    private boolean beginWait(String peer) {
        synchronized (peers) {
            Failures failures = of(peer);
            if (failures.waiting >= MAX_WAITING) {
                return false;
            }
            failures.waiting++;
            return true;
        }
    }

    private void endWait(String peer) {
        synchronized (peers) {
            of(peer).waiting--;
        }
    }

    private int countFailure(String peer) {
        synchronized (peers) {
            Failures failures = of(peer);
            failures.lastNanos = nanoTime.getAsLong();
            return ++failures.count;
        }
    }
}
