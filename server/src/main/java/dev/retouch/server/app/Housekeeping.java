package dev.retouch.server.app;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.store.DatabaseAwayException;

/** What has to be done every now and then, on threads of its own. A task that fails is done again the next time. */
final class Housekeeping implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    /** As many as there are tasks, so that one which waits for the database holds up no other. */
    private static final int THREADS = 11;

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(THREADS,
            Thread.ofPlatform().daemon().name("housekeeping-", 0).factory());

    /** Has something done, first after one pause and then with one between two times. */
    void every(Duration pause, String what, Runnable task) {
        ScheduledFuture<?> repeated = timer.scheduleWithFixedDelay(() -> attempt(what, task), pause.toMillis(),
                pause.toMillis(), TimeUnit.MILLISECONDS);
        LOG.debug("housekeeping begins task={} first-in-ms={}", what, repeated.getDelay(TimeUnit.MILLISECONDS));
    }

    private static void attempt(String what, Runnable task) {
        try {
            task.run();
        } catch (DatabaseAwayException e) {
            LOG.debug("housekeeping waits for the database task={}", what);
        } catch (RuntimeException e) {
            LOG.warn("housekeeping failed task={}", what, e);
        }
    }

    /** Lets what is being done come to its end, for a moment. */
    @Override
    public void close() {
        timer.shutdown();
        try {
            if (!timer.awaitTermination(2, TimeUnit.SECONDS)) {
                timer.shutdownNow();
            }
        } catch (InterruptedException e) {
            timer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
