package dev.retouch.server.http;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** One thread makes all checks, again and again until each of them ends. */
class WatchdogTest {

    private final Watchdog watchdog = new Watchdog();

    @Test
    void checksUntilACheckEnds() {
        AtomicInteger count = new AtomicInteger();
        watchdog.add(() -> count.incrementAndGet() < 3);
        for (int i = 0; i < 5; i++) {
            watchdog.checkAll();
        }
        assertThat(count).hasValue(3);
    }

    @Test
    void doesNotCheckWhatWasRemoved() {
        AtomicInteger count = new AtomicInteger();
        Watchdog.Check check = () -> count.incrementAndGet() > 0;
        watchdog.add(check);
        watchdog.checkAll();
        watchdog.remove(check);
        watchdog.checkAll();
        assertThat(count).hasValue(1);
    }

    @Test
    void failedCheckEndsAloneAndTheOthersContinue() {
        List<String> seen = new ArrayList<>();
        watchdog.add(() -> {
            seen.add("failed");
            throw new IllegalStateException("on purpose");
        });
        watchdog.add(() -> seen.add("other"));
        watchdog.checkAll();
        watchdog.checkAll();
        assertThat(seen).containsExactlyInAnyOrder("failed", "other", "other");
    }

    @Test
    void checksByItselfOnOneThreadUntilItIsClosed() throws InterruptedException {
        CountDownLatch several = new CountDownLatch(6);
        List<String> threads = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            watchdog.add(() -> {
                synchronized (threads) {
                    threads.add(Thread.currentThread().getName());
                }
                several.countDown();
                return true;
            });
        }
        try (watchdog) {
            watchdog.start();
            assertThat(several.await(20, TimeUnit.SECONDS)).isTrue();
        }
        synchronized (threads) {
            assertThat(threads).containsOnly("watchdog");
        }
    }
}
