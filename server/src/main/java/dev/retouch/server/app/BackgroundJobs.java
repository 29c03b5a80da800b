package dev.retouch.server.app;

import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.database.DatabaseUnavailableException;

/** Runs periodic jobs on its own threads. A failed job is logged and runs again at the next interval, whatever the failure is. */
final class BackgroundJobs implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(BackgroundJobs.class);
    /** A thread per job, so that a job that waits for the database does not delay another. */
    private static final int THREADS = 25;

    private final ScheduledExecutorService timer = Executors.newScheduledThreadPool(THREADS,
            Thread.ofPlatform().daemon().name("background-job-", 0).factory());

    /** Schedules a job; it runs first after an interval, then an interval after each end. */
    void schedule(Duration pause, String what, Runnable task) {
        ScheduledFuture<?> repeated = timer.scheduleWithFixedDelay(() -> attempt(what, task), pause.toMillis(),
                pause.toMillis(), TimeUnit.MILLISECONDS);
        LOG.debug("background job scheduled job=\"{}\" first-in-ms={}", what, repeated.getDelay(TimeUnit.MILLISECONDS));
    }

    private static void attempt(String what, Runnable task) {
        try {
            task.run();
        } catch (DatabaseUnavailableException e) {
            LOG.debug("background job waits for the database job=\"{}\"", what);
        } catch (RuntimeException e) {
            LOG.warn("background job failed job=\"{}\"", what, e);
        } catch (Error e) { // thrown on, it would end the job: without heartbeats this instance would be taken for dead
            LOG.error("background job failed job=\"{}\"", what, e);
        }
    }

    /** Lets running jobs end within two seconds, then interrupts them. */
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
