package dev.retouch.server.http;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks all clients and connections that may disappear or take too long, a few times per second, on a single thread. A check that fails
 * is logged and ends; the others continue.
 */
final class Watchdog implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Watchdog.class);
    /** The time between two checks. */
    private static final Duration PERIOD = Duration.ofMillis(250);

    private final Set<Check> checks = ConcurrentHashMap.newKeySet();
    private final ScheduledExecutorService ticker = Executors
            .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("watchdog").factory());

    /** A client or connection that is checked. */
    @FunctionalInterface
    interface Check {

        /** Checks once, without waiting. Returns whether to check again. */
        boolean isUnfinished();
    }

    /** Starts the thread. */
    void start() {
        ScheduledFuture<?> ticks = ticker.scheduleWithFixedDelay(this::checkAll, PERIOD.toMillis(), PERIOD.toMillis(),
                TimeUnit.MILLISECONDS);
        LOG.debug("watchdog started first-in-ms={}", ticks.getDelay(TimeUnit.MILLISECONDS));
    }

    /** Checks until the check ends or is removed. */
    void add(Check check) {
        checks.add(check);
    }

    void remove(Check check) {
        checks.remove(check);
    }

    /** Makes each check once. */
    void checkAll() {
        checks.removeIf(check -> !isUnfinished(check));
    }

    private static boolean isUnfinished(Check check) {
        try {
            return check.isUnfinished();
        } catch (RuntimeException e) {
            LOG.warn("check failed check={}", check.getClass().getSimpleName(), e);
            return false;
        }
    }

    @Override
    public void close() {
        ticker.shutdownNow();
    }
}
