package dev.retouch.server.front;

import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;

import dev.retouch.server.intake.Cancellation.Reason;
import dev.retouch.server.intake.Exchange;

/** The exchanges that are not over yet, and whether new ones are still taken. */
final class OpenExchanges {

    private final Set<Exchange> open = new HashSet<>();
    private volatile boolean refusing;

    /**
     * Counts an exchange. Done before anybody asks whether new ones are refused: so whoever waits for the last one to end waits
     * for every one that was let in.
     */
    synchronized void add(Exchange exchange) {
        open.add(exchange);
    }

    /** The exchange is over. */
    synchronized void remove(Exchange exchange) {
        open.remove(exchange);
        notifyAll();
    }

    synchronized int count() {
        return open.size();
    }

    /** From now on nothing new is begun. */
    void refuse() {
        refusing = true;
    }

    boolean isRefusing() {
        return refusing;
    }

    /** Ends them all. */
    void cancel(Reason reason) {
        Set<Exchange> all;
        synchronized (this) {
            all = Set.copyOf(open);
        }
        all.forEach(exchange -> exchange.cancellation().cancel(reason));
    }

    /** Waits until there is none, but not for longer than this; says how many are left. */
    synchronized int awaitNone(Duration most) throws InterruptedException {
        long end = System.nanoTime() + most.toNanos();
        long left = most.toNanos();
        while (!open.isEmpty() && left > 0) {
            TimeUnit.NANOSECONDS.timedWait(this, left);
            left = end - System.nanoTime();
        }
        return open.size();
    }
}
