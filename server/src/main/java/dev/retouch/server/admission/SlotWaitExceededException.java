package dev.retouch.server.admission;

import java.time.Duration;

/** The edit waited for a slot as long as it may. */
public final class SlotWaitExceededException extends NoRoomException {

    private static final long serialVersionUID = 1L;

    private final transient SlotScope scope;
    private final Duration waited;

    SlotWaitExceededException(SlotScope scope, Duration waited, Duration retryAfter) {
        super("no slot of " + scope.name() + " within " + waited.toMillis() + " ms", retryAfter);
        this.scope = scope;
        this.waited = waited;
    }

    /** Whose slots are taken. */
    public SlotScope scope() {
        return scope;
    }

    /** How long it waited. */
    public Duration waited() {
        return waited;
    }
}
