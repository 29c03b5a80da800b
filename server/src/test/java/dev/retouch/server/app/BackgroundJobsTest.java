package dev.retouch.server.app;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.Test;

import dev.retouch.server.fixture.Eventually;

class BackgroundJobsTest {

    /** A scheduled executor drops a task that throws, and without heartbeats an instance is taken for dead. */
    @Test
    void jobRunsAgainAfterAnyFailure() {
        AtomicInteger runs = new AtomicInteger();
        try (BackgroundJobs jobs = new BackgroundJobs()) {
            jobs.schedule(Duration.ofMillis(1), "failing", () -> {
                if (runs.incrementAndGet() == 1) {
                    throw new OutOfMemoryError("by the test");
                }
                throw new IllegalStateException("by the test");
            });
            Eventually.so("it runs again", () -> runs.get() > 2);
        }
    }
}
