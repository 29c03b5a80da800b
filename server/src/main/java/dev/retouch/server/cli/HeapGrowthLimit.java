package dev.retouch.server.cli;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryNotificationInfo;
import java.lang.management.MemoryPoolMXBean;
import java.util.Optional;

import javax.management.Notification;
import javax.management.NotificationEmitter;

/**
 * Limits how far the heap grows with garbage. The serial collector enlarges the old generation up to {@code -Xmx} before it collects it,
 * so a burst of edits would leave a large heap. This class asks for a full collection when the old generation is half larger than after
 * the last one. It does nothing with other collectors, which limit their heap themselves.
 */
final class HeapGrowthLimit {

    /** A gateway without requests uses about half of it. */
    private static final long SMALLEST = 96L << 20;
    private static final String OLD_GENERATION = "Tenured Gen";

    private final MemoryPoolMXBean pool;
    private final long smallest;

    /**
     * Limits this pool.
     *
     * @param smallest no collection is asked for while less is used, in bytes
     */
    HeapGrowthLimit(MemoryPoolMXBean pool, long smallest) {
        this.pool = pool;
        this.smallest = smallest;
    }

    /** Collects the heap once, and limits its growth from now on. */
    static void start() {
        oldGeneration().ifPresent(pool -> new HeapGrowthLimit(pool, SMALLEST).watch());
    }

    /** The old generation of the serial collector; empty with another collector. */
    static Optional<MemoryPoolMXBean> oldGeneration() {
        return ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getName().equals(OLD_GENERATION) && pool.isUsageThresholdSupported()).findFirst();
    }

    void watch() {
        collect();
        if (ManagementFactory.getMemoryMXBean() instanceof NotificationEmitter emitter) {
            emitter.addNotificationListener((_, _) -> collect(), this::isExceeded, null);
        }
    }

    private boolean isExceeded(Notification notification) {
        return notification.getType().equals(MemoryNotificationInfo.MEMORY_THRESHOLD_EXCEEDED);
    }

    private void collect() {
        System.gc();
        pool.setUsageThreshold(nextLimit(pool.getUsage().getUsed(), pool.getUsage().getMax()));
    }

    /** The use at which the heap is collected next; 0, which is never, if the collector acts earlier itself. */
    long nextLimit(long used, long max) {
        long limit = Math.max(smallest, used + used / 2);
        return limit < max ? limit : 0;
    }
}
