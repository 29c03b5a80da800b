package dev.retouch.server.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;

import org.junit.jupiter.api.Test;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.fixture.Failures;

import static org.assertj.core.api.Assertions.assertThat;

class StoreAvailabilityTest {

    private final AtomicLong nanos = new AtomicLong(5);
    private final AtomicInteger probes = new AtomicInteger();
    private volatile boolean away;
    private final StoreAvailability availability = new StoreAvailability(this::probe, nanos::get);

    private void probe() throws IOException {
        probes.incrementAndGet();
        if (away) {
            throw new StorageException("away");
        }
    }

    private void advance(Duration time) {
        nanos.addAndGet(time.toNanos());
    }

    private void assertRefused() {
        assertThat(Failures.of(availability::require).message()).isEqualTo(ErrorMessage.OBJECT_STORE_IS_UNAVAILABLE);
    }

    @Test
    void probesOnlyIfNothingWasStoredForASecond() {
        availability.require();
        availability.require();
        assertThat(probes).hasValue(1);
        advance(Duration.ofMillis(1001));
        availability.succeeded();
        advance(Duration.ofMillis(999));
        availability.require();
        assertThat(probes).hasValue(1);
        advance(Duration.ofMillis(2));
        availability.require();
        assertThat(probes).hasValue(2);
    }

    @Test
    void refusesUntilAProbeSucceeds() {
        away = true;
        assertRefused();
        assertThat(availability.isAvailable()).isFalse();
        assertRefused();
        assertThat(probes).as("a failure counts for a moment").hasValue(1);
        away = false;
        advance(Duration.ofMillis(251));
        availability.require();
        assertThat(availability.isAvailable()).isTrue();
        assertThat(probes).hasValue(2);
    }

    @Test
    void backgroundJobProbesIdleAndUnavailableStores() {
        availability.refresh();
        advance(Duration.ofMillis(2900));
        availability.refresh();
        assertThat(probes).as("something was stored").hasValue(1);
        away = true;
        advance(Duration.ofMillis(200));
        availability.refresh();
        assertThat(availability.isAvailable()).isFalse();
        away = false;
        advance(Duration.ofSeconds(1));
        availability.refresh();
        assertThat(availability.isAvailable()).isTrue();
        assertThat(probes).hasValue(3);
    }

    @Test
    void failureToStoreCountsAtOnce() {
        availability.require();
        availability.failed(new StorageException("away"));
        assertRefused();
        assertThat(probes).hasValue(1);
    }

    @Test
    void concurrentEditsShareAProbe() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch go = new CountDownLatch(1);
        StoreAvailability slow = new StoreAvailability(() -> {
            probes.incrementAndGet();
            begun.countDown();
            try {
                go.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        }, nanos::get);
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            var edits = IntStream.range(0, 20).<Future<?>>mapToObj(_ -> threads.submit(slow::require)).toList();
            begun.await();
            go.countDown();
            for (Future<?> edit : edits) {
                edit.get();
            }
        }
        assertThat(probes).hasValue(1);
    }
}
