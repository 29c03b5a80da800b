package dev.retouch.server.task;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.retouch.server.error.ReplayedErrorException;
import dev.retouch.server.exchange.Cancellation;

/**
 * A submitted task whose client has no response yet. The wait for an early end and the withdrawal of the task compete;
 * exactly one of them wins.
 */
final class PendingSubmission {

    private final AtomicBoolean decided = new AtomicBoolean();
    private final CompletableFuture<Optional<ReplayedErrorException>> end = new CompletableFuture<>();

    /**
     * Waits until the task ends, at most for this time.
     *
     * @throws ReplayedErrorException if the task was withdrawn because the edit was refused
     */
    void await(Cancellation client, Duration maxWait) {
        Optional<ReplayedErrorException> refusal = client.interruptibly(() -> {
            try {
                return end.get(maxWait.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // a withdrawal that has started completes soon
                return decided.compareAndSet(false, true) ? Optional.empty() : end.join();
            } catch (ExecutionException e) {
                throw new IllegalStateException("the end of a task cannot fail", e);
            }
        });
        refusal.ifPresent(error -> {
            throw error;
        });
    }

    /** Withdraws the task if its client has no response yet; returns whether that succeeded. */
    boolean withdraw() {
        return decided.compareAndSet(false, true);
    }

    /** Signals that the task has ended, with the refusal if it was withdrawn. */
    void ended(Optional<ReplayedErrorException> refusal) {
        end.complete(refusal);
    }
}
