package dev.retouch.server.key;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;

/** Clients that try unknown keys. */
class KeysFloodTest {

    private static final String RIGHT = "the-right-key-of-this-test";

    private final OneKey source = new OneKey();
    private final KeyCache keys = new KeyCache(source, ManualClock.atSomeTime());

    /** Finds a single key, and counts concurrent lookups. */
    private static final class OneKey implements KeyLookup {

        private final StoredKey key = new StoredKey(
                new ApiPrincipal(
                        ApiKey.made("key_1", "the", new NewKey("team", "", null, AdmissionLimits.NONE), Instant.EPOCH),
                        Group.open("team")),
                KeySecret.hashOf(RIGHT));
        private final AtomicInteger reads = new AtomicInteger();
        private final AtomicInteger busy = new AtomicInteger();
        private final AtomicInteger maxBusy = new AtomicInteger();
        private volatile @Nullable CountDownLatch gate;

        @Override
        public Found find(String hash) {
            reads.incrementAndGet();
            maxBusy.accumulateAndGet(busy.incrementAndGet(), Math::max);
            CountDownLatch closed = gate;
            try {
                if (closed != null) {
                    assertThat(closed.await(1, TimeUnit.MINUTES)).isTrue();
                }
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
            busy.decrementAndGet();
            return new Found(1, hash.equals(key.hash()) ? key : null);
        }

        @Override
        public long version() {
            return 1;
        }

        @Override
        public long newestVersion() {
            return 1;
        }

        @Override
        public void writeUses(Map<String, Instant> uses) {
            throw new AssertionError("nobody asked for it");
        }
    }

    private static String wrong(int number) {
        return "a-wrong-key-of-this-test-" + number;
    }

    @Test
    void theRightKeyStaysRemembered() {
        assertThat(keys.find(RIGHT)).isPresent();
        int flood = 3 * KeyCache.MOST;
        for (int i = 0; i < flood; i++) {
            assertThat(keys.find(wrong(i))).isEmpty();
        }
        assertThat(source.reads).hasValue(1 + flood);
        assertThat(keys.find(RIGHT)).isPresent();
        assertThat(source.reads).as("the right key was not read again").hasValue(1 + flood);
    }

    @Test
    void limitsLookupsAndDoesNotDelayValidKeys() throws InterruptedException {
        assertThat(keys.find(RIGHT)).isPresent();
        CountDownLatch gate = new CountDownLatch(1);
        source.gate = gate;
        List<Thread> strangers = new ArrayList<>();
        for (int i = 0; i < 50; i++) {
            String key = wrong(i % 10);
            strangers.add(Thread.startVirtualThread(() -> keys.find(key)));
        }
        while (source.busy.get() < 2) {
            Thread.onSpinWait();
        }
        assertThat(keys.find(RIGHT)).as("remembered, whoever waits").isPresent();
        gate.countDown();
        for (Thread stranger : strangers) {
            assertThat(stranger.join(Duration.ofMinutes(1))).isTrue();
        }
        assertThat(source.maxBusy).hasValue(2);
        assertThat(source.reads).as("whoever waited finds what another one has read").hasValueLessThanOrEqualTo(21);
    }
}
