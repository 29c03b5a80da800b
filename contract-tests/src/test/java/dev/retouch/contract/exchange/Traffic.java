package dev.retouch.contract.exchange;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

import org.eclipse.jetty.server.Handler;

/**
 * Records the traffic of every gateway of this process. It is a singleton, because gateways are started in many places
 * and shared by tests. Findings go to the test that runs at that moment. A single thread checks the exchanges in order;
 * only the end of a test waits for it.
 */
public final class Traffic {

    /** The one of this process. */
    public static final Traffic OF_THIS_PROCESS = new Traffic();

    /** What may wait to be looked at; more than that is passed over and counted. */
    private static final long MAX_WAITING = 128L << 20;
    private static final int PATIENCE_SECONDS = 60;

    private final ConcurrentLinkedQueue<String> violations = new ConcurrentLinkedQueue<>();
    private final AtomicLong waiting = new AtomicLong();
    private final ExecutorService thread = Executors
            .newSingleThreadExecutor(Thread.ofPlatform().daemon().name("held-to-the-document").factory());
    private final Journal journal = new Journal();
    private volatile TestName test = TestName.NONE;

    private Traffic() {}

    /** A gateway's handler with a tap around it. */
    public Handler tapped(Handler gateway) {
        return new ExchangeRecorder(gateway, () -> test, this::heard);
    }

    void begin(TestName running) {
        test = running;
    }

    private void heard(Exchange exchange) {
        long size = (long) exchange.request().bytes().length + exchange.answer().bytes().length;
        if (waiting.addAndGet(size) > MAX_WAITING) {
            waiting.addAndGet(-size);
            thread.execute(journal::passedOver);
            return;
        }
        thread.execute(() -> {
            waiting.addAndGet(-size);
            journal.add(exchange).forEach(finding -> violations.add(finding + " (during " + exchange.during().name()
                    + ")"));
        });
    }

    /** What was found since it was asked last, once everything has been looked at that went by until now. */
    List<String> violations() {
        settle(() -> {});
        List<String> found = new ArrayList<>();
        for (String line = violations.poll(); line != null; line = violations.poll()) {
            found.add(line);
        }
        return found.stream().distinct().toList();
    }

    /** Leaves what was seen for the report. */
    void write() {
        settle(journal::write);
    }

    private void settle(Runnable last) {
        try {
            thread.submit(last).get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("what went by was not looked at", e);
        }
    }
}
