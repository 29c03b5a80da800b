package dev.retouch.server.task;

import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;

import org.junit.jupiter.api.Test;

import dev.retouch.server.fixture.Eventually;

import static org.assertj.core.api.Assertions.assertThat;

/** An account that submits many tasks leaves room for the tasks of others. */
class TaskWorkerPoolTest {

    private final Set<String> running = ConcurrentHashMap.newKeySet();
    private final CountDownLatch end = new CountDownLatch(1);

    private void work(String id) {
        running.add(id);
        try {
            end.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void oneAccountLeavesPlacesAndThreads() {
        TaskWorkerPool pool = new TaskWorkerPool(16, 64, this::work);
        int accepted = 0;
        for (int i = 0; i < 200; i++) {
            if (pool.tryReserve("a" + i, "account-a")) {
                pool.submit("a" + i);
                accepted++;
            }
        }
        assertThat(accepted).as("of 80 places an eighth is left").isEqualTo(70);
        Eventually.so("all threads but an eighth are in use", () -> running.size() == 14);

        assertThat(pool.tryReserve("b", "account-b")).isTrue();
        pool.submit("b");
        Eventually.so("another account does not wait", () -> running.contains("b"));
        assertThat(pool.contains("b")).isTrue();
        assertThat(pool.remainingCapacity()).isEqualTo(9);

        end.countDown();
        Eventually.so("every task has run", () -> pool.remainingCapacity() == 80);
        pool.stopAccepting();
        assertThat(pool.awaitIdle(Duration.ofSeconds(10))).isTrue();
        assertThat(running).hasSize(71);
    }

    @Test
    void aSmallPoolIsUsedWhole() {
        TaskWorkerPool pool = new TaskWorkerPool(2, 2, this::work);
        for (int i = 0; i < 4; i++) {
            assertThat(pool.tryReserve("a" + i, "account-a")).isTrue();
            pool.submit("a" + i);
        }
        assertThat(pool.tryReserve("b", "account-b")).isFalse();
        Eventually.so("both threads are in use", () -> running.size() == 2);
        end.countDown();
        pool.stopAccepting();
    }
}
