package dev.retouch.server.http;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.retouch.server.exchange.Cancellation.Reason;
import dev.retouch.server.exchange.Exchange;

/** Tracks the exchanges in flight, and whether new exchanges are accepted. */
final class InFlightExchanges {

    private final Set<Exchange> open = new HashSet<>();
    private volatile boolean refusing;

    /**
     * Adds an exchange. Increments before the check for shutdown, so that a drain waits for every accepted exchange.
     */
    synchronized void add(Exchange exchange) {
        open.add(exchange);
    }

    /** Removes an ended exchange. */
    synchronized void remove(Exchange exchange) {
        open.remove(exchange);
        notifyAll();
    }

    synchronized int count() {
        return open.size();
    }

    /** Rejects new edits from now on. */
    void stopAccepting() {
        refusing = true;
    }

    boolean isRefusing() {
        return refusing;
    }

    /** Cancels all exchanges in flight. */
    void cancel(Reason reason) {
        Set<Exchange> all;
        synchronized (this) {
            all = Set.copyOf(open);
        }
        all.forEach(exchange -> exchange.cancellation().cancel(reason));
    }

    /**
     * Waits until no exchange is in flight, but no longer than a timeout. Returns the number of exchanges in flight.
     */
    synchronized int awaitIdle(Duration timeout) throws InterruptedException {
        long end = System.nanoTime() + timeout.toNanos();
        long left = timeout.toNanos();
        while (!open.isEmpty() && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
        return open.size();
    }
}
