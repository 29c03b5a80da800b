package dev.retouch.server.app;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps other gateways away from a data directory with a SQLite database: their limits would be counted separately, and each would take
 * the edits of the other for those of a process that has ended. The operating system releases the lock if the process is killed.
 */
final class DataDirectoryLock implements AutoCloseable {

    /** The name of the file that is locked. */
    static final String FILE = "retouch.lock";

    private static final Logger LOG = LoggerFactory.getLogger(DataDirectoryLock.class);

    private final FileChannel file;

    private DataDirectoryLock(FileChannel file) {
        this.file = file;
    }

    /**
     * Locks a data directory until the lock is closed.
     *
     * @throws StartupException if another gateway has it
     */
    static DataDirectoryLock of(Path directory) throws IOException {
        FileChannel file = FileChannel.open(directory.resolve(FILE), StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        try {
            if (isLocked(file, directory)) {
                return new DataDirectoryLock(file);
            }
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
        file.close();
        throw inUse(directory, null);
    }

    private static boolean isLocked(FileChannel file, Path directory) {
        try {
            FileLock lock = file.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            throw inUse(directory, e);
        } catch (IOException e) { // some network file systems have no locks
            LOG.warn("data directory cannot be locked directory={}", directory, e);
            return true;
        }
    }

    private static StartupException inUse(Path directory, @Nullable Throwable cause) {
        return new StartupException("another gateway uses the data directory " + directory
                + ". Stop it, choose another directory with RETOUCH_DATA_DIR, or share a PostgreSQL database with"
                + " RETOUCH_DATABASE_URL.", cause);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
