package dev.retouch.server.task;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a bounded number of tasks at once, with a bounded queue. A task is in the pool from its reservation until its end. An account
 * that uses less than a quarter of the pool gets a place and a thread before the others; beyond that it leaves an eighth free for them.
 * Thread-safe.
 */
final class TaskWorkerPool {

    private static final Logger LOG = LoggerFactory.getLogger(TaskWorkerPool.class);
    private static final int SHARES = 4;
    private static final int FREE_SHARES = 8;

    private final int maxRunning;
    private final int capacity;
    private final Consumer<String> work;
    private final Map<String, String> accounts = new HashMap<>();
    private final Map<String, Integer> reserved = new HashMap<>();
    private final Map<String, Integer> runningOf = new HashMap<>();
    private final Deque<String> waiting = new ArrayDeque<>();
    private final ExecutorService threads = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("task-", 0).factory());
    private int running;
    private boolean stopped;

    TaskWorkerPool(int maxRunning, int maxWaiting, Consumer<String> work) {
        this.maxRunning = maxRunning;
        this.capacity = maxRunning + maxWaiting;
        this.work = work;
    }

    /**
     * Reserves a place in the pool for a task; returns false if the pool, or the part of the account, is full.
     *
     * @param account root key id of the principal
     */
    synchronized boolean tryReserve(String id, String account) {
        if (!fits(accounts.size(), reserved.getOrDefault(account, 0), capacity)) {
            return false;
        }
        accounts.put(id, account);
        reserved.merge(account, 1, Integer::sum);
        return true;
    }

    /** Returns the reservation of a task that will not run. */
    synchronized void unreserve(String id) {
        String account = accounts.remove(id);
        if (account != null) {
            decrement(reserved, account);
        }
    }

    /** Runs a task with a reservation as soon as a thread is free. */
    synchronized void submit(String id) {
        if (stopped) {
            LOG.info("task left to another instance task={}", id);
            unreserve(id);
        } else {
            waiting.add(id);
            startWaiting();
        }
    }

    /** Starts tasks in their order, except those of accounts that have their part. */
    private void startWaiting() {
        for (Iterator<String> next = waiting.iterator(); next.hasNext() && running < maxRunning;) {
            String id = next.next();
            String account = accounts.getOrDefault(id, id);
            if (fits(running, runningOf.getOrDefault(account, 0), maxRunning)) {
                next.remove();
                running++;
                runningOf.merge(account, 1, Integer::sum);
                threads.execute(() -> run(id, account));
            }
        }
    }

    private void run(String id, String account) {
        try {
            work.accept(id);
        } finally {
            synchronized (this) {
                unreserve(id);
                running--;
                decrement(runningOf, account);
                if (!stopped) {
                    startWaiting();
                }
            }
        }
    }

    /** Whether one more task of an account fits: into its part, or beyond it while others find an eighth free. */
    private static boolean fits(int all, int own, int limit) {
        return all < limit && (own < Math.max(1, limit / SHARES) || all < limit - limit / FREE_SHARES);
    }

    private static void decrement(Map<String, Integer> counts, String account) {
        counts.computeIfPresent(account, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Whether a task is in the pool. */
    synchronized boolean contains(String id) {
        return accounts.containsKey(id);
    }

    /** The remaining capacity; 0 after the pool stopped accepting tasks. */
    synchronized int remainingCapacity() {
        return stopped ? 0 : Math.max(0, capacity - accounts.size());
    }

    /** Stops accepting and starting tasks. */
    synchronized void stopAccepting() {
        stopped = true;
        waiting.clear();
        threads.shutdown();
    }

    /** Waits until all started tasks have ended; returns false after this time. */
    boolean awaitIdle(Duration timeout) {
        try {
            return threads.awaitTermination(timeout.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
