package dev.retouch.server.task;

import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;

import dev.retouch.server.error.RepeatedErrorException;
import dev.retouch.server.intake.Cancellation;

/** The moment at which whoever asked for a task is told that there is one, or why there is none after all. */
final class Announcement {

    private final AtomicBoolean decided = new AtomicBoolean();
    private final CompletableFuture<Optional<RepeatedErrorException>> end = new CompletableFuture<>();

    /**
     * Waits for the end of the task, and no longer than this.
     *
     * @throws RepeatedErrorException where it was withdrawn
     */
    void await(Cancellation client, Duration patience) {
        Optional<RepeatedErrorException> refusal = client.interruptibly(() -> {
            try {
                return end.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException e) {
                // whoever has begun to withdraw it will be done soon
                return decided.compareAndSet(false, true) ? Optional.empty() : end.join();
            } catch (ExecutionException e) {
                throw new IllegalStateException("ends of tasks do not fail", e);
            }
        });
        refusal.ifPresent(told -> {
            throw told;
        });
    }

    /** Whether nobody has been told of the task yet; then nobody will be. */
    boolean withdraw() {
        return decided.compareAndSet(false, true);
    }

    /** Says that the task has ended, and with which refusal where it was withdrawn. */
    void ended(Optional<RepeatedErrorException> refusal) {
        end.complete(refusal);
    }
}
