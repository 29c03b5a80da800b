package dev.retouch.server.admission.slot;

import java.time.Duration;
import java.util.Collection;
import java.util.Optional;

import dev.retouch.server.admission.AdmissionLimits;

/**
 * A key or group whose edits are counted together.
 *
 * @param name {@code key:key_…} or {@code group:default}
 * @param maxRunning edits that run at once
 * @param queue edits that may wait
 * @param maxWait longest time in the queue
 */
public record ConcurrencyScope(String name, int maxRunning, int queue, Duration maxWait) {

    /** Rejects a scope in which no edit could run. */
    public ConcurrencyScope {
        if (maxRunning < 1 || queue < 0 || maxWait.isNegative()) {
            throw new IllegalArgumentException("slots must be at least 1, and queue and wait must not be negative");
        }
    }

    /** Creates the scope of these limits, or none if they do not limit concurrent edits. */
    public static Optional<ConcurrencyScope> of(String name, AdmissionLimits limits) {
        Integer maxRunning = limits.concurrentEdits();
        return maxRunning == null
                ? Optional.empty()
                : Optional.of(
                        new ConcurrencyScope(name, maxRunning, limits.queueOrDefault(), limits.queueWaitOrDefault()));
    }

    /** Returns the shortest queue wait of the scopes, which applies to an edit that waits in all of them. */
    static Duration shortestMaxWait(Collection<ConcurrencyScope> scopes) {
        return scopes.stream().map(ConcurrencyScope::maxWait).min(Duration::compareTo).orElse(Duration.ZERO);
    }
}
