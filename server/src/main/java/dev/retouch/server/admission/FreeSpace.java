package dev.retouch.server.admission;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rejects edits while the disk of the data directory is nearly full, so that the database and running edits find space. Reads the
 * free space at most once per second. Thread-safe.
 */
public final class FreeSpace {

    private static final Logger LOG = LoggerFactory.getLogger(FreeSpace.class);
    private static final Duration VALID = Duration.ofSeconds(1);
    private static final Duration RETRY = Duration.ofSeconds(30);

    private final Path directory;
    private final long minBytes;
    private long readNanos = System.nanoTime() - VALID.toNanos();
    private boolean enough = true;

    /**
     * Creates the check.
     *
     * @param minBytes free bytes below which edits are rejected; 0 for no check
     */
    public FreeSpace(Path directory, long minBytes) {
        this.directory = directory;
        this.minBytes = minBytes;
    }

    /**
     * Rejects a request that needs space.
     *
     * @throws ServerOverloadedException if the disk is nearly full
     */
    public void require() {
        if (minBytes > 0 && !isEnough()) {
            throw new ServerOverloadedException(RETRY);
        }
    }

    private synchronized boolean isEnough() {
        if (System.nanoTime() - readNanos >= VALID.toNanos()) {
            readNanos = System.nanoTime();
            boolean before = enough;
            try {
                long free = Files.getFileStore(directory).getUsableSpace();
                enough = free >= minBytes;
                if (before && !enough) {
                    LOG.warn("disk nearly full, edits are rejected directory={} free={} minimum={}", directory, free,
                            minBytes);
                }
            } catch (IOException e) {
                LOG.warn("free space unknown directory={}", directory, e);
            }
        }
        return enough;
    }
}
