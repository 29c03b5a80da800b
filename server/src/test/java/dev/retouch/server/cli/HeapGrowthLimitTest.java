package dev.retouch.server.cli;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

import javax.management.NotificationEmitter;
import javax.management.openmbean.CompositeData;

import com.sun.management.GarbageCollectionNotificationInfo;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

/** Runs with the serial collector, as the launcher does. */
class HeapGrowthLimitTest {

    private static final long MEGABYTE = 1 << 20;
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final MemoryPoolMXBean pool = HeapGrowthLimit.oldGeneration().orElseThrow();

    @AfterEach
    void noThreshold() {
        pool.setUsageThreshold(0);
    }

    /** Counts the full collections that the program asked for. */
    private static AtomicInteger requestedCollections() {
        AtomicInteger requested = new AtomicInteger();
        for (GarbageCollectorMXBean collector : ManagementFactory.getGarbageCollectorMXBeans()) {
            if (collector.getName().equals("MarkSweepCompact") && collector instanceof NotificationEmitter emitter) {
                emitter.addNotificationListener((_, _) -> requested.incrementAndGet(),
                        end -> end.getUserData() instanceof CompositeData data
                                && GarbageCollectionNotificationInfo.from(data).getGcCause().equals("System.gc()"),
                        null);
            }
        }
        return requested;
    }

    @Test
    void limitIsHalfAboveTheLiveHeapAndNotBelowTheSmallest() {
        HeapGrowthLimit limit = new HeapGrowthLimit(pool, 96 * MEGABYTE);
        assertThat(limit.nextLimit(20 * MEGABYTE, 400 * MEGABYTE)).isEqualTo(96 * MEGABYTE);
        assertThat(limit.nextLimit(100 * MEGABYTE, 400 * MEGABYTE)).isEqualTo(150 * MEGABYTE);
        assertThat(limit.nextLimit(300 * MEGABYTE, 400 * MEGABYTE)).isZero();
    }

    @Test
    void collectsWhenGarbageReachesTheLimit() throws InterruptedException {
        AtomicInteger requested = requestedCollections();
        new HeapGrowthLimit(pool, 1).watch();
        assertThat(pool.getUsageThreshold()).isPositive();
        List<byte[]> live = new ArrayList<>();
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (requested.get() < 2) { // the first one belongs to the start of the watch
            assertThat(System.nanoTime()).as("no collection").isLessThan(deadline);
            live.add(new byte[(int) MEGABYTE]);
            if (live.size() == 32) {
                live.clear();
                Thread.sleep(1); // for the thread of the notifications; the young generation may have gigabytes in a process with many tests
            }
        }
    }
}
