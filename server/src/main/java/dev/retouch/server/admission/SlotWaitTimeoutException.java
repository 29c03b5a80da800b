package dev.retouch.server.admission;

import java.time.Duration;

import dev.retouch.server.admission.slot.ConcurrencyScope;

/** Thrown if an edit has waited for a slot as long as the queue wait allows. */
public final class SlotWaitTimeoutException extends AdmissionRejectedException {

    private static final long serialVersionUID = 1L;

    private final transient ConcurrencyScope scope;
    private final Duration waited;

    public SlotWaitTimeoutException(ConcurrencyScope scope, Duration waited, Duration retryAfter) {
        super("no slot of " + scope.name() + " within " + waited.toMillis() + " ms", retryAfter);
        this.scope = scope;
        this.waited = waited;
    }

    /** Returns the scope without a free slot. */
    public ConcurrencyScope scope() {
        return scope;
    }

    /** Returns how long the edit has waited. */
    public Duration waited() {
        return waited;
    }
}
