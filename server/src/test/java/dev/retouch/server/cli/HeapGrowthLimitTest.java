package dev.retouch.server.cli;

import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

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

    private static long fullCollections() {
        return ManagementFactory.getGarbageCollectorMXBeans().stream()
                .filter(collector -> collector.getName().equals("MarkSweepCompact"))
                .mapToLong(GarbageCollectorMXBean::getCollectionCount).sum();
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
        new HeapGrowthLimit(pool, 1).watch();
        long before = fullCollections();
        assertThat(pool.getUsageThreshold()).isPositive();
        List<byte[]> live = new ArrayList<>();
        long deadline = System.nanoTime() + TIMEOUT.toNanos();
        while (fullCollections() == before) {
            assertThat(System.nanoTime()).as("no collection").isLessThan(deadline);
            live.add(new byte[(int) MEGABYTE]);
            if (live.size() == 32) {
                live.clear();
            }
            Thread.sleep(1);
        }
    }
}
