package dev.retouch.server.admission;

import java.time.Duration;

import dev.retouch.server.admission.slot.ConcurrencyScope;

/** Thrown if all slots of a scope are in use and its queue is full. */
public final class QueueFullException extends AdmissionRejectedException {

    private static final long serialVersionUID = 1L;

    private final transient ConcurrencyScope scope;

    public QueueFullException(ConcurrencyScope scope, Duration retryAfter) {
        super("no place in the queue of " + scope.name(), retryAfter);
        this.scope = scope;
    }

    /** Returns the scope whose queue is full. */
    public ConcurrencyScope scope() {
        return scope;
    }
}
