package dev.retouch.server.intake;

import java.util.HashSet;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The end of an exchange before its time. Whoever notices that nobody waits any more says so from any thread; whoever waits for
 * something slow on behalf of the exchange does so in a section that this interrupts. Outside of such sections no thread is ever
 * interrupted, so what must be written, such as how an edit ended in the ledger, is written.
 */
public final class Cancellation {

    /** Why. */
    public enum Reason {
        /** The client closed its connection or reset its stream. */
        CLIENT_GONE,
        /** The gateway stops, and the time for finishing is over. */
        STOPPING,
        /** Whoever asked for the edit asked to end it. */
        CANCELED
    }

    /** Something that takes long. */
    @FunctionalInterface
    public interface Wait<T extends @Nullable Object, E extends Exception> {
        /** Waits; may be interrupted at any place where Java code can be. */
        T run() throws E, InterruptedException;
    }

    private final Set<Thread> waiting = new HashSet<>();
    private @Nullable Reason reason;
    private boolean outlastsClient;

    /** From now on nothing ends because the client goes away: what is under way has its worth without it. */
    public synchronized void outlastClient() {
        outlastsClient = true;
    }

    /** Ends what is waited for, now and later. Only the first reason counts. */
    public synchronized void cancel(Reason why) {
        boolean ignored = outlastsClient && why == Reason.CLIENT_GONE;
        if (reason == null && !ignored) {
            reason = why;
            waiting.forEach(Thread::interrupt);
        }
    }

    /** Why the exchange was ended, if it was. */
    public synchronized Optional<Reason> reason() {
        return Optional.ofNullable(reason);
    }

    /**
     * Waits for something until it comes or the exchange is ended. What comes at the same moment is returned and not lost.
     *
     * @throws CanceledException where the exchange was ended
     */
    public <T extends @Nullable Object, E extends Exception> T interruptibly(Wait<T, E> wait) throws E {
        boolean outermost = enter();
        try {
            return wait.run();
        } catch (InterruptedException e) {
            throw canceled(e);
        } catch (Exception e) {
            // what an interrupted read throws is its own matter, and says nothing of why
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
                Thread.interrupted(); // it has done its work
            }
        }
    }

    private RuntimeException canceled(Exception cause) {
        Optional<Reason> why = reason();
        if (why.isEmpty()) {
            Thread.currentThread().interrupt();
            return new IllegalStateException("interrupted by somebody else", cause);
        }
        CanceledException canceled = new CanceledException(why.get());
        canceled.addSuppressed(cause);
        return canceled;
    }
}
