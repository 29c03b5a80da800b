package dev.retouch.server.edit;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

import dev.retouch.server.admission.KeyShares;
import dev.retouch.server.admission.KeyShares.Permit;
import dev.retouch.server.admission.ServerOverloadedException;

/**
 * Runs scans and the decoding of images on a few platform threads: both are long work of the processor, and would keep the carriers of
 * virtual threads from all other requests. An API key uses half of the threads at most. An interrupted caller ends its scan.
 */
final class ScanPool implements AutoCloseable {

    private static final int HALF = 50;
    /** Longer than any queue of scans, which are bounded. */
    private static final Duration WAIT = Duration.ofMinutes(10);
    private static final Duration RETRY = Duration.ofSeconds(10);

    private final ExecutorService threads;
    private final KeyShares shares;

    /** A pool for scans: as many threads as processors. */
    ScanPool() {
        this("image-scan-", Math.max(2, Runtime.getRuntime().availableProcessors()));
    }

    /** A pool of so many threads, with a prefix of their names. */
    ScanPool(String prefix, int count) {
        this.threads = Executors.newFixedThreadPool(count, Thread.ofPlatform().daemon().name(prefix, 0).factory());
        this.shares = new KeyShares(count, HALF);
    }

    /**
     * Runs a scan and returns its result.
     *
     * @param key root key id of the principal
     * @throws ServerOverloadedException if no thread is free within {@link #WAIT}
     * @throws ExecutionException with the exception of the scan as cause
     */
    <T> T run(String key, Callable<T> scan) throws ExecutionException, InterruptedException {
        Permit permit = shares.acquire(key, WAIT);
        if (permit == null) {
            throw new ServerOverloadedException(RETRY);
        }
        try {
            Future<T> result = threads.submit(scan);
            try {
                return result.get();
            } catch (InterruptedException e) {
                result.cancel(true);
                throw e;
            }
        } finally {
            permit.release();
        }
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }
}
