package dev.retouch.contract.harness;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

import dev.retouch.server.app.Gateway;

/** Checks that a gateway that was closed holds nothing of its edits. */
final class Leaks {

    private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(10);

    private Leaks() {}

    /** Fails if image memory stays in use; buffers that were being sent are released a moment after the end of their edit. */
    static void requireNone(Gateway closed) {
        long end = System.nanoTime() + TIMEOUT_NANOS;
        while (closed.imageMemoryInUse() > 0 && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
        }
        if (closed.imageMemoryInUse() > 0) {
            throw new AssertionError("a gateway was closed with " + closed.imageMemoryInUse()
                    + " bytes of image memory in use");
        }
    }
}
