package dev.retouch.server.exchange;

import java.io.IOException;
import java.util.Map;

import dev.retouch.server.database.Database.Work;

/**
 * The row for which an edit runs although its client may disconnect: the claim of an idempotency key, or a task. It takes part in the
 * transactions that hold and charge the cost of the edit, so that the row and the money never disagree. Thread-safe.
 */
public interface DurableEdit {

    /**
     * What marks the row as dispatched in the transaction of the hold, if the row still belongs to this edit. If it was taken over or
     * removed, nothing is held, and the edit must not be dispatched.
     */
    Dispatch dispatch();

    /** Marks a row as dispatched. */
    sealed interface Dispatch {}

    /**
     * The claim of an idempotency key. The statement of the hold marks it, which saves round trips.
     *
     * @param account the root key id
     * @param idempotencyKey the key that the client sent
     */
    record Claim(String account, String idempotencyKey) implements Dispatch {}

    /**
     * Work that marks another row.
     *
     * @param work returns false if the row does not belong to the edit
     */
    record Mark(Work<Boolean> work) implements Dispatch {}

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
