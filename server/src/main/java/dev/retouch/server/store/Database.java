package dev.retouch.server.store;

import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.transaction.TransactionIsolationLevel;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * SQLite or PostgreSQL. What is written goes through one platform thread that commits many callers' work at once, so that
 * durability does not cost speed; what is read goes through a few others. Both are platform threads because SQLite's driver
 * would hold on to the carriers of virtual ones.
 */
public final class Database implements AutoCloseable {

    private static final String MIGRATIONS = "classpath:dev/retouch/server/store/migrations/";
    private static final Duration CONNECT = Duration.ofSeconds(3);
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final Duration SURVEY = Duration.ofHours(1);
    private static final int READERS = 4;

    /** What SQLite says when the disk does not do its part, or somebody else does not let go of the file. */
    private static final Set<SQLiteErrorCode> LOST = EnumSet.of(SQLiteErrorCode.SQLITE_BUSY,
            SQLiteErrorCode.SQLITE_LOCKED, SQLiteErrorCode.SQLITE_IOERR, SQLiteErrorCode.SQLITE_FULL,
            SQLiteErrorCode.SQLITE_CANTOPEN, SQLiteErrorCode.SQLITE_READONLY);

    /** What SQL states of a lost connection begin with: broken, no resources, shut down, idle for too long in a turn. */
    private static final Set<String> GONE = Set.of("08", "53", "57P", "25P03");

    private final HikariDataSource pool;
    private final boolean shared;
    private final Jdbi jdbi;
    private final GroupWriter writer;
    private final ExecutorService readers;
    private final ExecutorService surveyor;

    private Database(HikariDataSource pool, boolean shared) {
        this.pool = pool;
        this.shared = shared;
        jdbi = Jdbi.create(pool);
        writer = new GroupWriter(jdbi, shared);
        readers = Executors.newFixedThreadPool(READERS,
                Thread.ofPlatform().daemon().name("database-reader-", 0).factory());
        surveyor = Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().name("database-surveyor").factory());
    }

    /**
     * Work in the database.
     *
     * @param <T> what comes of it
     */
    @FunctionalInterface
    public interface Work<T> {
        /** Does it, with statements on this handle only: it may be done again from the beginning if others' work fails. */
        T with(Handle handle);
    }

    /**
     * Opens and migrates.
     *
     * @param url a PostgreSQL URL, {@code postgresql://user:password@host/name} or as JDBC has it; empty for SQLite
     * @param dataDir where SQLite's file lies
     * @throws DatabaseAwayException where it cannot be reached
     */
    public static Database open(Optional<String> url, Path dataDir) {
        HikariConfig config = new HikariConfig();
        config.setPoolName("database");
        config.setConnectionTimeout(CONNECT.toMillis());
        config.setMaximumPoolSize(READERS + 2); // and the writer, and the surveyor
        url.ifPresentOrElse(text -> postgres(config, PostgresUrl.of(text)),
                () -> config.setDataSource(sqlite(dataDir.resolve("retouch.db"))));
        boolean shared = url.isPresent();
        HikariDataSource pool;
        try {
            pool = new HikariDataSource(config);
        } catch (RuntimeException e) {
            throw new DatabaseAwayException(e);
        }
        try {
            Flyway.configure().dataSource(pool).loggers("slf4j")
                    .locations(MIGRATIONS + "common", MIGRATIONS + (shared ? "postgresql" : "sqlite")).load().migrate();
            return new Database(pool, shared);
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    /** Whether other instances may use it at the same time. */
    public boolean isShared() {
        return shared;
    }

    /**
     * Does work that writes, in a transaction: all of it or nothing, and durable when this returns. What the work throws, it
     * throws here, and has written nothing.
     *
     * @throws DatabaseAwayException where the database did not do it
     */
    public <T> T write(Work<T> work) {
        return wait(writer.add(work), PATIENCE.plus(CONNECT));
    }

    /** Does work that only reads. */
    public <T> T read(Work<T> work) {
        return wait(onThreadOf(readers, () -> jdbi.withHandle(work::with)), PATIENCE.plus(CONNECT));
    }

    /**
     * Does work that only reads, however long it takes, and sees everything as it is at one moment. One such work is done at a
     * time; others go on reading and writing meanwhile.
     */
    public <T> T survey(Work<T> work) {
        return wait(onThreadOf(surveyor, () -> jdbi.withHandle(handle -> atOneMoment(handle, work))), SURVEY);
    }

    /** Whether the failure is the connection's, not the statement's. */
    static boolean isAway(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLTransientException || cause instanceof SQLRecoverableException
                    || cause instanceof SQLNonTransientConnectionException) {
                return true;
            }
            if (cause instanceof SQLiteException sqlite && LOST.contains(kind(sqlite))) {
                return true;
            }
            if (cause instanceof SQLException sql && sql.getSQLState() != null
                    && GONE.stream().anyMatch(sql.getSQLState()::startsWith)) {
                return true;
            }
        }
        return false;
    }

    private <T> T atOneMoment(Handle handle, Work<T> work) {
        if (shared) {
            return handle.inTransaction(TransactionIsolationLevel.REPEATABLE_READ, work::with);
        }
        handle.execute("BEGIN DEFERRED"); // the driver's own would keep writers away
        try {
            return work.with(handle);
        } finally {
            handle.execute("ROLLBACK");
        }
    }

    private static <T> CompletableFuture<T> onThreadOf(ExecutorService threads, Supplier<T> task) {
        try {
            return CompletableFuture.supplyAsync(task, threads);
        } catch (RejectedExecutionException e) {
            throw new DatabaseAwayException(e);
        }
    }

    /** SQLite's errors come in kinds, the lowest byte of their number. */
    private static SQLiteErrorCode kind(SQLiteException failure) {
        return SQLiteErrorCode.getErrorCode(failure.getResultCode().code & 0xff);
    }

    private static <T> T wait(CompletableFuture<T> result, Duration patience) {
        try {
            return result.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() instanceof CompletionException wrapped && wrapped.getCause() != null
                    ? wrapped.getCause()
                    : e.getCause();
            if (cause instanceof RuntimeException failure && !isAway(failure)) {
                throw failure;
            }
            if (cause instanceof Error error) {
                throw error;
            }
            throw new DatabaseAwayException(cause == null ? e : cause);
        } catch (TimeoutException e) {
            throw new DatabaseAwayException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DatabaseAwayException(e);
        }
    }

    private static void postgres(HikariConfig config, PostgresUrl url) {
        config.setJdbcUrl(url.jdbc());
        url.user().ifPresent(config::setUsername);
        url.password().ifPresent(config::setPassword);
        // whoever waits for a turn must see what was written before it, whatever this database's default is
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        config.addDataSourceProperty("socketTimeout", Long.toString(PATIENCE.toSeconds()));
        config.addDataSourceProperty("connectTimeout", Long.toString(CONNECT.toSeconds()));
        config.addDataSourceProperty("tcpKeepAlive", "true");
        config.addDataSourceProperty("ApplicationName", "retouch");
    }

    private static DataSource sqlite(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        config.setBusyTimeout(Math.toIntExact(PATIENCE.toMillis()));
        config.enforceForeignKeys(true);
        SQLiteDataSource source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }

    /** Finishes what was begun, then lets go. */
    @Override
    public void close() {
        writer.close();
        readers.shutdown();
        surveyor.shutdown();
        pool.close();
    }
}
