package dev.retouch.server.admission;

import java.util.List;

/**
 * How many edits of a key and of a group run at the same time.
 *
 * <p>An edit needs a slot in each of its scopes and gets all of them together or none, so nobody sits on one while waiting
 * for another. Who finds no room waits in the queues of all its scopes. A slot that comes free goes to the edit that has
 * waited longest among those that can run then: an edit whose key has no room does not hold up the other keys of its group.
 *
 * <p>{@link NoRoomException#retryAfter} is an estimate: each scope remembers how long its edits held their slots, the newest
 * counting for a fifth of the mean, for ten minutes. With {@code n} slots and a mean of {@code d}, one comes free every
 * {@code d / n}. So much is waited for a place in a full queue, and so much for everybody who is still in line and for
 * oneself after a wait in vain. Where no edit has ended yet, edits are taken to last as long as the wait in vain did. Never
 * less than a second.
 */
public interface Slots {

    /**
     * Waits for a slot. Whoever is interrupted while waiting leaves nothing behind.
     *
     * @param scopes where room is needed, each name once; nothing is limited where there are none
     * @param editId which edit it is, unlike all others
     * @throws QueueFullException at once, where there is no room and no place in the queue of one of the scopes
     * @throws SlotWaitExceededException where the wait was in vain
     */
    Slot acquire(List<SlotScope> scopes, String editId) throws InterruptedException;

    /** How many edits of this process have a slot in some scope. */
    int held();

    /** How many edits of this process wait. */
    int waiting();
}
