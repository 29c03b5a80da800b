package dev.retouch.server.database;

import java.nio.file.Path;
import java.time.Duration;

import javax.sql.DataSource;

import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/**
 * A SQLite database and how it is opened.
 *
 * @param path its file
 */
record SqliteFile(Path path) {

    private static final Duration BUSY = Duration.ofSeconds(10);

    /** The source of connections: a write-ahead log that is flushed by each commit. */
    DataSource source() {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setTempStore(SQLiteConfig.TempStore.MEMORY);
        config.setBusyTimeout(Math.toIntExact(BUSY.toMillis()));
        config.enforceForeignKeys(true);
        config.setGetGeneratedKeys(false); // otherwise each INSERT prepares and runs a query for keys that nothing asks for
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + path);
        return source;
    }
}
