package dev.retouch.server.exchange;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * Cancels the waits of an exchange, with a reason. Any thread may cancel. Threads that wait on behalf of the exchange
 * do so in {@link #interruptibly}, which a cancellation interrupts. Threads are never interrupted outside of it, so
 * required writes, such as a charge in the ledger, complete.
 */
public final class Cancellation {

    /** The reason of a cancellation. */
    public enum Reason {
        /** The client closed its connection or reset its stream. */
        CLIENT_GONE,
        /** The gateway is shutting down, and the drain timeout has passed. */
        STOPPING,
        /** The client asked to cancel the edit. */
        CANCELED
    }

    /** A wait that may take long. */
    @FunctionalInterface
    public interface Wait<T extends @Nullable Object, E extends Exception> {
        /** Waits; may be interrupted at any blocking call. */
        T run() throws E, InterruptedException;
    }

    private final Set<Thread> waiting = new HashSet<>();
    private @Nullable Reason reason;
    private boolean outlastsClient;

    /** Ignores disconnects of the client from now on: the work continues without it. */
    public synchronized void ignoreDisconnect() {
        outlastsClient = true;
    }

    /** Interrupts current waits and rejects later waits. Only the first reason counts. */
    public synchronized void cancel(Reason newReason) {
        boolean ignored = outlastsClient && newReason == Reason.CLIENT_GONE;
        if (reason == null && !ignored) {
            reason = newReason;
            waiting.forEach(Thread::interrupt);
        }
    }

    /** The reason, if the exchange was canceled. */
    public synchronized Optional<Reason> reason() {
        return Optional.ofNullable(reason);
    }

    /**
     * Waits for a result until it is available or the exchange is canceled. A result that is available at the moment of
     * cancellation is returned, not lost.
     *
     * @throws CanceledException if the exchange was canceled
     */
    public <T extends @Nullable Object, E extends Exception> T interruptibly(Wait<T, E> wait) throws E {
        boolean outermost = enter();
        try {
            return wait.run();
        } catch (InterruptedException e) {
            throw canceled(e);
        } catch (Exception e) {
            // the exception of an interrupted read does not state the reason
            if (reason().isPresent()) {
                throw canceled(e);
            }
            throw e;
        } finally {
            leave(outermost);
        }
    }

    private synchronized boolean enter() {
        if (reason != null) {
            throw new CanceledException(reason);
        }
        return waiting.add(Thread.currentThread());
    }

    private synchronized void leave(boolean outermost) {
        if (outermost) {
            waiting.remove(Thread.currentThread());
            if (reason != null) {
                Thread.interrupted(); // the interrupt has ended the wait
            }
        }
    }

    private RuntimeException canceled(Exception cause) {
        Optional<Reason> current = reason();
        if (current.isEmpty()) {
            Thread.currentThread().interrupt();
            return new IllegalStateException("interrupted without a cancellation", cause);
        }
        CanceledException canceled = new CanceledException(current.get());
        canceled.addSuppressed(cause);
        return canceled;
    }
}
