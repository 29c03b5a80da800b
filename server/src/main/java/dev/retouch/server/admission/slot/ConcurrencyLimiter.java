package dev.retouch.server.admission.slot;

import java.util.List;

import dev.retouch.server.admission.AdmissionRejectedException;
import dev.retouch.server.admission.QueueFullException;
import dev.retouch.server.admission.SlotWaitTimeoutException;

/**
 * Limits how many edits of a key and its group run at once.
 *
 * <p>
 * An edit needs a slot in each of its scopes and acquires all of them atomically. It never holds a slot while it waits. If a scope has no free slot, the edit waits in the queues of all its scopes. A released slot passes to the
 * edit that has waited longest among those that can run. An edit whose key is at its limit does not block other keys
 * of the group.
 *
 * <p>
 * {@link AdmissionRejectedException#retryAfter} is an estimate. Each scope keeps, for ten minutes, a moving average of
 * how long its edits held their slots; the newest edit has a weight of 0.2. With {@code n} slots and an average
 * of {@code d}, a slot is released every {@code d / n}. The estimate is that interval if the queue is full. After a
 * timeout it is the interval times the edits in the queue and this edit. If no edit has ended yet, the time of the
 * timed-out wait replaces the average. The estimate is at least a second.
 */
public interface ConcurrencyLimiter {

    /**
     * Acquires a slot, waiting if necessary. An interrupted wait leaves nothing in the queues.
     *
     * @param scopes scopes of the edit, with unique names; if the list is empty, there is no limit
     * @param editId unique id of the edit
     * @throws QueueFullException immediately, if a scope has neither a free slot nor space in its queue
     * @throws SlotWaitTimeoutException if no slot was released within the queue wait
     */
    Slot acquire(List<ConcurrencyScope> scopes, String editId) throws InterruptedException;

    /** Returns how many edits of this instance hold a slot. */
    int held();

    /** Returns how many edits of this instance wait. */
    int waiting();
}
