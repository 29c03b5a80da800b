package dev.retouch.server.admission;

import java.time.Duration;

/** All slots are taken, and nobody else may wait for one. */
public final class QueueFullException extends NoRoomException {

    private static final long serialVersionUID = 1L;

    private final transient SlotScope scope;

    QueueFullException(SlotScope scope, Duration retryAfter) {
        super("no place in the queue of " + scope.name(), retryAfter);
        this.scope = scope;
    }

    /** Whose queue it is. */
    public SlotScope scope() {
        return scope;
    }
}
