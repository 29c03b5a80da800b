package dev.retouch.server.database;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.SeverableProxy;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

/**
 * A PostgreSQL database behind a proxy, whose commits wait for a lock. If the connection breaks meanwhile, it is unknown whether the work
 * was written.
 */
public final class DelayedCommits implements AutoCloseable {

    private final String url = TestDatabases.newPostgres();
    private final SeverableProxy proxy;
    private final TestDatabase direct = TestDatabase.postgres(url);
    private final Connection lock;
    private final Database database;

    public DelayedCommits(Path dataDir) throws IOException, SQLException {
        int port = URI.create(url).getPort();
        proxy = new SeverableProxy(port);
        lock = direct.raw();
        database = Database.open(Optional.of(url.replace(":" + port, ":" + proxy.port())), dataDir);
    }

    /** The database, as a gateway uses it. */
    public Database database() {
        return database;
    }

    /** Delays transactions that insert such rows, until {@link #commit}. */
    public void delay(String table, String condition) throws SQLException {
        direct.execute("CREATE FUNCTION delay() RETURNS trigger LANGUAGE plpgsql AS"
                + " 'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END'");
        direct.execute("CREATE CONSTRAINT TRIGGER delayed AFTER INSERT ON " + table
                + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (" + condition + ") EXECUTE FUNCTION delay()");
        onLock("SELECT pg_advisory_lock(1)");
    }

    /** Begins work, and breaks its connection while its commit waits. The database is available when this method returns. */
    public void breakCommitOf(Runnable work) throws IOException {
        CompletableFuture<Void> broken = CompletableFuture.runAsync(work);
        Eventually.so("the commit waits", () -> isWaiting("advisory"));
        proxy.cut();
        assertThatThrownBy(broken::join).hasCauseInstanceOf(DatabaseUnavailableException.class);
        proxy.mend();
        Eventually.so("the database is available", this::isAvailable);
    }

    /** Lets the transaction commit. */
    public void commit() throws SQLException {
        onLock("SELECT pg_advisory_unlock(1)");
        Eventually.so("the commit has ended", () -> number("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
                + " AND objid = 1 AND database = (SELECT oid FROM pg_database WHERE datname = current_database())") == 0);
    }

    /** Waits until a transaction waits for another transaction. */
    public void awaitWaiting() {
        Eventually.so("a transaction waits for another", () -> isWaiting("transactionid"));
    }

    /** Begins a transaction beside the gateway, which locks rows. */
    public Connection lock(String query) throws SQLException {
        lock.setAutoCommit(false);
        onLock(query);
        return lock;
    }

    /** Asks for one number past the gateway. */
    public long number(String sql) {
        try {
            return direct.number(sql);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    private void onLock(String sql) throws SQLException {
        try (Statement statement = lock.createStatement()) {
            statement.execute(sql);
        }
    }

    private boolean isWaiting(String event) {
        return number(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = '" + event
                        + "'") == 1;
    }

    private boolean isAvailable() {
        try {
            return database.read(handle -> true);
        } catch (DatabaseUnavailableException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException, SQLException {
        lock.close();
        database.close();
        proxy.close();
        direct.close();
    }
}
