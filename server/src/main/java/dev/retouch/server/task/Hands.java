package dev.retouch.server.task;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Does so many tasks at once, and keeps so many more in line. A task is at hand from when it is let in until it is done. */
final class Hands {

    private static final Logger LOG = LoggerFactory.getLogger(Hands.class);
    private static final Duration IDLE = Duration.ofSeconds(30);

    private final int most;
    private final Consumer<String> work;
    private final Set<String> atHand = ConcurrentHashMap.newKeySet();
    private final ThreadPoolExecutor threads;

    Hands(int atOnce, int waiting, Consumer<String> work) {
        this.most = atOnce + waiting;
        this.work = work;
        this.threads = new ThreadPoolExecutor(atOnce, atOnce, IDLE.toSeconds(), TimeUnit.SECONDS,
                new LinkedBlockingQueue<>(), Thread.ofVirtual().name("task-", 0).factory());
        threads.allowCoreThreadTimeOut(true);
    }

    /** Lets a task in, if there is room. */
    boolean admit(String id) {
        atHand.add(id);
        if (atHand.size() <= most) {
            return true;
        }
        atHand.remove(id);
        return false;
    }

    /** Lets a task go that is not to be done after all. */
    void dismiss(String id) {
        atHand.remove(id);
    }

    /** Does a task that was let in, as soon as there is a hand free. */
    void begin(String id) {
        try {
            threads.execute(() -> {
                try {
                    work.accept(id);
                } finally {
                    atHand.remove(id);
                }
            });
        } catch (RejectedExecutionException e) {
            LOG.info("task is left to the next instance task={}", id, e);
            atHand.remove(id);
        }
    }

    /** Whether a task is being done or in line. */
    boolean has(String id) {
        return atHand.contains(id);
    }

    /** How many more may come; none once they are to come to rest. */
    int free() {
        return threads.isShutdown() ? 0 : Math.max(0, most - atHand.size());
    }

    /** Begins nothing more. */
    void rest() {
        threads.shutdown();
        threads.getQueue().clear();
    }

    /** Whether everything that was begun is done, within this time. */
    boolean areDone(Duration patience) {
        try {
            return threads.awaitTermination(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
