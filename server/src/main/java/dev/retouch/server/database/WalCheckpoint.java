package dev.retouch.server.database;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies SQLite's write-ahead log into the database file while the writer continues, so that no commit waits for it. If the log grows
 * faster than it can be copied, the writer waits once until all of it is copied and the file is empty again.
 */
final class WalCheckpoint implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(WalCheckpoint.class);
    private static final long INTERVAL_MILLIS = 500;
    private static final long MEGABYTE = 1 << 20;
    private static final long COPY_FROM = 4 * MEGABYTE;
    private static final long TRUNCATE_FROM = 64 * MEGABYTE;

    private final Jdbi jdbi;
    private final Path log;
    private final ScheduledExecutorService thread;

    /** Checkpoints the log of this database file. */
    WalCheckpoint(Jdbi jdbi, Path file) {
        this.jdbi = jdbi;
        this.log = file.resolveSibling(file.getFileName() + "-wal");
        thread = Executors.newSingleThreadScheduledExecutor(
                Thread.ofPlatform().daemon().name("database-checkpoint").factory());
        ScheduledFuture<?> _ = thread.scheduleWithFixedDelay(this::run, INTERVAL_MILLIS, INTERVAL_MILLIS,
                TimeUnit.MILLISECONDS);
    }

    private void run() {
        try {
            long size = Files.exists(log) ? Files.size(log) : 0;
            if (size >= COPY_FROM) {
                String mode = size >= TRUNCATE_FROM ? "TRUNCATE" : "PASSIVE";
                jdbi.useHandle(handle -> handle.createQuery("PRAGMA wal_checkpoint(" + mode + ")").mapToMap().list());
            }
        } catch (IOException | RuntimeException | Error e) {
            LOG.warn("checkpoint failed", e); // the log keeps everything; the next run tries again
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
