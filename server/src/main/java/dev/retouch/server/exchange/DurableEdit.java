package dev.retouch.server.exchange;

import java.io.IOException;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.database.Database.Work;

/**
 * The row for which an edit runs although its client may disconnect: the claim of an idempotency key, or a task. It takes part in the
 * transactions that hold and charge the cost of the edit, so that the row and the money never disagree. Thread-safe.
 */
public interface DurableEdit {

    /**
     * Work for the transaction of the hold: marks the row as dispatched, if it still belongs to this edit. The result is false if the
     * row was taken over or removed; then nothing is held, and the edit must not be dispatched.
     */
    Work<Boolean> dispatch();

    /**
     * The claim that {@link #dispatch} marks, if the row is one. A hold can then mark it, which saves round trips; the work of
     * {@code dispatch} is not executed.
     */
    default Optional<Claim> claim() {
        return Optional.empty();
    }

    /**
     * The row of an idempotency key.
     *
     * @param account the root key id
     * @param idempotencyKey the key that the client sent
     */
    record Claim(String account, String idempotencyKey) {}

    /** The failure of an edit whose row was taken over or removed. */
    RuntimeException lost();

    /**
     * Takes the charge, and writes it together with the response as soon as the response is durable. Until then the last bytes of the
     * response do not reach the client.
     */
    void charge(PendingCharge charge);

    /**
     * Signals that all of the response was written, if that is known before the upstream has ended its own.
     *
     * @param trailers the headers that became known while it was written
     */
    void written(Map<String, String> trailers) throws IOException;
}
