package dev.retouch.server.observe;

import java.time.Duration;

import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Phase;

/** Receives the events of edits with their classified end. Called by many threads; must neither wait nor throw. */
interface EditListener {

    /** An edit began. */
    default void began(EditRecord edit) {}

    /** The edit entered a phase. */
    default void entered(EditRecord edit, Phase phase) {}

    /** The edit left a phase. */
    default void left(EditRecord edit, Phase phase, Duration duration) {}

    /** The first byte of the response was written. */
    default void firstByte(EditRecord edit, Duration sinceStart) {}

    /** A request ended. The result is that of an edit, unless the request only submitted a task. */
    void ended(EditRecord edit, EditResult result);
}
