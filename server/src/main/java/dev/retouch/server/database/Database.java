package dev.retouch.server.database;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

import javax.sql.DataSource;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * Reads and writes SQLite or PostgreSQL. SQLite is written by one thread that commits the work of many callers at once, PostgreSQL by a
 * few threads whose writes wait for each other only at the rows that both change. Reads use a few other threads. All are platform
 * threads, because SQLite's driver pins the carriers of virtual threads. Closing it finishes queued writes.
 */
public final class Database implements AutoCloseable {

    private static final String MIGRATIONS = "classpath:dev/retouch/server/database/migrations/";
    private static final Duration TIMEOUT = Duration.ofSeconds(13);

    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final Writer writer;
    private final Optional<Shared> shared;
    private final Optional<WalCheckpoint> checkpoint;
    private final DatabaseReader reader;
    private final List<PostgresListener> listeners = new CopyOnWriteArrayList<>();

    private Database(HikariDataSource pool, Jdbi jdbi, Writer writer, Optional<Shared> shared,
            Optional<WalCheckpoint> checkpoint) {
        this.pool = pool;
        this.jdbi = jdbi;
        this.writer = writer;
        this.shared = shared;
        this.checkpoint = checkpoint;
        reader = new DatabaseReader(jdbi, shared.map(Shared::watch));
    }

    /** What only a server has that several instances share. */
    private record Shared(PostgresServer server, OutageWatch watch) {}

    /**
     * Work in the database.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface Work<T> {
        /**
         * Executes statements on this handle only. May be called again from the start if other work in the same group
         * fails, or if another transaction changed the same rows.
         */
        T with(Handle handle);
    }

    /**
     * Opens and migrates the database.
     *
     * @param url a PostgreSQL URL such as {@code postgresql://user:password@host/name}, or a JDBC URL; empty for SQLite
     * @param dataDir the directory of SQLite's file
     * @throws DatabaseUnavailableException if the database cannot be reached
     */
    public static Database open(Optional<String> url, Path dataDir) {
        return url.map(text -> openPostgres(new PostgresServer(PostgresUrl.of(text))))
                .orElseGet(() -> openSqlite(new SqliteFile(dataDir.resolve("retouch.db"))));
    }

    private static Database openPostgres(PostgresServer server) {
        HikariConfig config = config();
        config.setMaximumPoolSize(DatabaseReader.CONNECTIONS + PostgresWriter.THREADS + 1); // plus a job that only one instance runs
        server.configure(config);
        HikariDataSource pool = open(config);
        try {
            FluentConfiguration migrations = Flyway.configure();
            server.configure(migrations);
            migrate(migrations, "postgresql");
            Jdbi jdbi = Jdbi.create(pool);
            OutageWatch watch = new OutageWatch(new PostgresProbe(server));
            return new Database(pool, jdbi, new PostgresWriter(jdbi, watch), Optional.of(new Shared(server, watch)),
                    Optional.empty());
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private static Database openSqlite(SqliteFile file) {
        DataSource sqlite = file.source();
        HikariConfig config = config();
        config.setMaximumPoolSize(DatabaseReader.CONNECTIONS + 1); // plus the checkpoint
        config.setDataSource(sqlite);
        HikariDataSource pool = open(config);
        try {
            migrate(Flyway.configure().dataSource(pool), "sqlite");
            Jdbi jdbi = Jdbi.create(pool);
            return new Database(pool, jdbi, new GroupCommitWriter(new SqliteTransactions(sqlite)), Optional.empty(),
                    Optional.of(new WalCheckpoint(jdbi, file.path())));
        } catch (RuntimeException e) {
            pool.close();
            throw e;
        }
    }

    private static HikariConfig config() {
        HikariConfig config = new HikariConfig();
        config.setPoolName("database");
        config.setConnectionTimeout(Duration.ofSeconds(3).toMillis());
        return config;
    }

    private static HikariDataSource open(HikariConfig config) {
        try {
            return new HikariDataSource(config);
        } catch (RuntimeException e) {
            throw new DatabaseUnavailableException(e, false);
        }
    }

    private static void migrate(FluentConfiguration migrations, String kind) {
        migrations.loggers("slf4j").locations(MIGRATIONS + "common", MIGRATIONS + kind).load().migrate();
    }

    /** Whether several instances may use the database at the same time. */
    public boolean isShared() {
        return shared.isPresent();
    }

    /**
     * Executes work in a transaction. It is durable when this method returns. An exception of the work is rethrown, and
     * nothing is written. In PostgreSQL, what the work has read stays true only if it has locked the rows.
     *
     * @throws DatabaseUnavailableException if the database did not confirm the write
     */
    public <T> T write(Work<T> work) {
        return writer.add(work).await(TIMEOUT);
    }

    /**
     * Executes work in a transaction as {@link #write(Work)} does, for a caller that does not wait for longer than this. What is not
     * confirmed until then may still be written.
     */
    public <T> T write(Work<T> work, Duration patience) {
        return writer.add(work).await(patience);
    }

    /**
     * Executes work of exactly one statement, which is a transaction. In PostgreSQL this is one round trip.
     *
     * @throws DatabaseUnavailableException if the database did not confirm the write
     */
    public <T> T writeStatement(Work<T> work) {
        return writer.addStatement(work).await(TIMEOUT);
    }

    /**
     * Creates a queue for items that one statement writes together, if the database gains from it.
     *
     * @param identity items with an equal identity are never written together
     * @param lanes how many statements may run at the same time; another one starts only when an item has waited for long
     */
    public <I, O> GroupedWrites<I, O> grouped(BiFunction<Handle, List<I>, List<O>> statement, Function<I, ?> identity,
            int lanes) {
        return writer.grouped(statement::apply, identity, lanes);
    }

    /** How long a caller waits for a write that it does not bound itself. */
    public static Duration timeout() {
        return TIMEOUT;
    }

    /**
     * Runs a job unless another instance runs it at this moment. Returns whether it was run.
     *
     * @param name the name of the job, the same on all instances
     */
    public boolean runExclusively(String name, Runnable job) {
        if (shared.isEmpty()) {
            job.run();
            return true;
        }
        try (Handle handle = jdbi.open()) {
            if (!lock(handle, "pg_try_advisory_lock", name)) {
                return false;
            }
            try {
                job.run();
                return true;
            } finally {
                lock(handle, "pg_advisory_unlock", name);
            }
        } catch (ConnectionException | UnableToExecuteStatementException e) {
            if (FailureKind.of(e) == FailureKind.STATEMENT) {
                throw e;
            }
            throw new DatabaseUnavailableException(e);
        }
    }

    private static boolean lock(Handle handle, String function, String name) {
        return handle.createQuery("SELECT " + function + "(hashtextextended(:name, 0))").bind("name", "retouch " + name)
                .mapTo(Boolean.class).one();
    }

    /**
     * Receives the notifications of a channel until the database is closed. Only a shared database has notifications.
     *
     * @param receiver called with each payload, on a separate thread; notifications may be lost
     */
    public void listen(String channel, Consumer<String> receiver) {
        shared.ifPresent(server -> {
            PostgresListener listener = new PostgresListener(server.server(), channel, receiver);
            listeners.add(listener);
            listener.awaitListening();
        });
    }

    /** The number of writes that have not begun. */
    int queuedWrites() {
        return writer.queued();
    }

    /** Executes work that only reads. */
    public <T> T read(Work<T> work) {
        return reader.read(work, TIMEOUT);
    }

    /**
     * Executes work that only reads and may take seconds, on separate threads.
     *
     * @throws DatabaseUnavailableException also if too many reports wait
     */
    public <T> T report(Work<T> work) {
        return reader.report(work, TIMEOUT);
    }

    /**
     * Executes work that only reads, on a snapshot of the database, for up to an hour. Runs one at a time; other reads
     * and writes continue meanwhile.
     */
    public <T> T readSnapshot(Work<T> work) {
        return reader.readSnapshot(work);
    }

    /**
     * Writes a copy of SQLite's database, at one moment, into a new file. Reads and writes continue meanwhile.
     *
     * @throws IllegalStateException if the database is PostgreSQL
     */
    public void copyTo(Path file) {
        if (isShared()) {
            throw new IllegalStateException("PostgreSQL is copied with its own tools");
        }
        int _ = reader.<Integer>maintain(handle -> handle.execute("VACUUM INTO ?", file.toString()));
    }

    /** Checks the structure of SQLite's file and returns what is wrong; nothing for PostgreSQL, which checks its pages itself. */
    public List<String> checkFile() {
        return isShared()
                ? List.of()
                : reader.<List<String>>maintain(handle -> handle.createQuery("PRAGMA integrity_check")
                        .mapTo(String.class).list()).stream().filter(line -> !line.equals("ok")).toList();
    }

    /** Connections for heartbeats in a shared database, apart from those that work uses. Each must be closed. */
    DataSource heartbeatConnections() {
        return shared.orElseThrow().server().heartbeatSource();
    }

    /**
     * The state of the connection pool.
     *
     * @param active connections in use
     * @param idle open connections that are not in use
     * @param waiting threads that wait for a connection
     * @param max the maximum number of connections
     */
    public record ConnectionPool(int active, int idle, int waiting, int max) {}

    /** Returns the current state of the connection pool. */
    public ConnectionPool connections() {
        HikariPoolMXBean state = pool.getHikariPoolMXBean();
        return new ConnectionPool(state.getActiveConnections(), state.getIdleConnections(),
                state.getThreadsAwaitingConnection(), pool.getMaximumPoolSize());
    }

    /** Finishes queued writes, then closes the connections. */
    @Override
    public void close() {
        listeners.forEach(PostgresListener::close);
        writer.close();
        shared.ifPresent(server -> server.watch().close());
        checkpoint.ifPresent(WalCheckpoint::close);
        reader.close();
        pool.close();
    }
}
