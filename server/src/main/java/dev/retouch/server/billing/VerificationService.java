package dev.retouch.server.billing;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.billing.LedgerVerifier.Report;

/** Verifies the ledger on request, one verification at a time, and keeps the last result. Thread-safe. */
public final class VerificationService implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(VerificationService.class);

    /** How long a request waits for the result. */
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    private final LedgerVerifier verifier;
    private final Clock clock;
    private final ExecutorService thread = Executors
            .newSingleThreadExecutor(Thread.ofVirtual().name("ledger-verification").factory());
    private Verification last = new Verification(State.NONE, null, null, null);
    private CompletableFuture<?> running = CompletableFuture.completedFuture("");

    /** Verifies with this verifier. */
    public VerificationService(LedgerVerifier verifier, Clock clock) {
        this.verifier = verifier;
        this.clock = clock;
    }

    /** The state of a verification. */
    public enum State {
        /** None was started. */
        NONE,
        /** It is not finished. */
        RUNNING,
        /** Everything adds up. */
        SOUND,
        /** The report has findings. */
        UNSOUND,
        /** The database did not answer. */
        FAILED
    }

    /**
     * A verification.
     *
     * @param started null if none was started
     * @param finished null until it is finished
     * @param report null until it is finished, and if it failed
     */
    public record Verification(State state, @Nullable Instant started, @Nullable Instant finished,
            @Nullable Report report) {}

    /** Returns the last verification. */
    public synchronized Verification last() {
        return last;
    }

    /**
     * Starts a verification unless one is running, and waits at most two seconds for its end.
     *
     * @param all whether the whole ledger is verified, and not only what was added since the last checkpoint
     */
    public Verification start(boolean all) {
        CompletableFuture<?> result;
        synchronized (this) {
            if (last.state() != State.RUNNING) {
                Instant started = clock.instant();
                last = new Verification(State.RUNNING, started, null, null);
                running = CompletableFuture.runAsync(() -> run(started, all), thread);
            }
            result = running;
        }
        try {
            result.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            LOG.debug("verification of the ledger continues", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e);
        }
        return last();
    }

    private void run(Instant started, boolean all) {
        State state = State.FAILED;
        Report report = null;
        try {
            report = all ? verifier.verifyAll() : verifier.verify();
            state = report.isSound() ? State.SOUND : State.UNSOUND;
        } catch (RuntimeException e) {
            LOG.warn("verification of the ledger failed", e);
        } finally {
            synchronized (this) {
                last = new Verification(state, started, clock.instant(), report);
            }
        }
        if (state == State.UNSOUND) {
            LOG.error("ledger does not add up findings={}", report == null ? 0 : report.findings().size());
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
