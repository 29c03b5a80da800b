package dev.retouch.server.database;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.fail;

@Tag("slow")
class DatabaseAwayTest {

    private static final String INSERT = "INSERT INTO instances (id, started_at, seen_at) VALUES (?, 0, 0)";

    private static long rows(TestDatabase stored) throws SQLException {
        return stored.number("SELECT COUNT(*) FROM instances");
    }

    @Test
    void replacesClosedConnectionsAfterOneFailure() throws SQLException {
        try (TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL)) {
            Database database = stored.open();
            assertThatThrownBy(() -> database.write(handle -> {
                handle.execute(INSERT, "lost");
                handle.execute("SELECT pg_terminate_backend(pg_backend_pid())");
                return handle.execute(INSERT, "lost-too");
            })).isInstanceOf(DatabaseUnavailableException.class);
            assertThat(rows(stored)).isZero();
            database.write(handle -> handle.execute(INSERT, "kept"));
            assertThat(rows(stored)).isEqualTo(1);
        }
    }

    @Test
    void reconnectsWithoutARestart(@TempDir Path folder)
            throws IOException, InterruptedException, SQLException {
        try (StoppablePostgres server = new StoppablePostgres(folder);
                TestDatabase stored = TestDatabase.postgres(server.url())) {
            Database database = stored.open();
            database.write(handle -> handle.execute(INSERT, "before"));
            server.crash();
            assertThatThrownBy(() -> database.write(handle -> handle.execute(INSERT, "meanwhile")))
                    .isInstanceOf(DatabaseUnavailableException.class);
            assertThatThrownBy(() -> database.read(handle -> handle.execute("SELECT 1")))
                    .isInstanceOf(DatabaseUnavailableException.class);
            assertThatThrownBy(stored::open).isInstanceOf(DatabaseUnavailableException.class);
            server.comeBack();
            writeAgain(database);
            assertThat(rows(stored)).isEqualTo(2);
        }
    }

    /** A server that was demoted keeps its connections, and every write on them fails. */
    @Test
    void replacesConnectionsThatBecameReadOnly() throws SQLException {
        try (TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL)) {
            Database database = stored.open();
            assertThatThrownBy(() -> database.writeStatement(handle -> {
                handle.execute("SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY");
                return handle.execute(INSERT, "lost");
            })).isInstanceOf(DatabaseUnavailableException.class);
            for (int number = 0; number < 3 * PostgresWriter.THREADS; number++) {
                String id = "kept-" + number;
                database.writeStatement(handle -> handle.execute(INSERT, id));
            }
            assertThat(rows(stored)).isEqualTo(3 * PostgresWriter.THREADS);
        }
    }

    @Test
    void onlyOneInstanceRunsAnExclusiveJob() {
        try (TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL)) {
            Database one = stored.open();
            Database other = stored.open();
            boolean ran = one.runExclusively("job",
                    () -> assertThat(other.runExclusively("job", () -> fail("both run it"))).isFalse());
            assertThat(ran).isTrue();
            assertThat(other.runExclusively("job", () -> {})).as("afterwards").isTrue();
        }
    }

    /** It may take a moment until no broken connection is left. */
    private static void writeAgain(Database database) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            try {
                database.write(handle -> handle.execute(INSERT, "after"));
                return;
            } catch (DatabaseUnavailableException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    /** SQLite's error number has the kind of a failure in its lowest byte and details in the next. */
    @Test
    void allKindsOfALostFileAreKnown() {
        for (SQLiteErrorCode code : new SQLiteErrorCode[]{SQLiteErrorCode.SQLITE_BUSY,
                SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT, SQLiteErrorCode.SQLITE_IOERR_WRITE, SQLiteErrorCode.SQLITE_FULL,
                SQLiteErrorCode.SQLITE_READONLY_DBMOVED, SQLiteErrorCode.SQLITE_IOERR_FSYNC}) {
            assertThat(FailureKind.of(new SQLiteException("failed", code))).as(code.name()).isEqualTo(FailureKind.AWAY);
        }
        assertThat(FailureKind.of(new SQLiteException("failed", SQLiteErrorCode.SQLITE_CONSTRAINT_TRIGGER)))
                .isEqualTo(FailureKind.STATEMENT);
    }

    @Test
    void howAServerIsSetUpDoesNotMatter() throws SQLException {
        try (TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL)) {
            stored.execute("ALTER DATABASE " + name(stored) + " SET default_transaction_isolation = 'serializable'");
            stored.execute("ALTER DATABASE " + name(stored) + " SET synchronous_commit = 'off'");
            Database database = stored.open();
            assertThat(setting(database, "synchronous_commit")).isEqualTo("on");
            assertThat(setting(database, "idle_in_transaction_session_timeout")).isEqualTo("10s");
            assertThat(setting(database, "transaction_isolation")).isEqualTo("read committed");
            assertThat(setting(database, "lock_timeout")).isEqualTo("3s");
            assertThat(setting(database, "statement_timeout")).isEqualTo("9s");
            assertThat(setting(database, "client_connection_check_interval")).isEqualTo("1s");
        }
    }

    private static String name(TestDatabase stored) throws SQLException {
        try (var connection = stored.raw()) {
            return connection.getCatalog();
        }
    }

    private static String setting(Database database, String name) {
        return database.write(handle -> handle.createQuery("SELECT current_setting(:name)").bind("name", name)
                .mapTo(String.class).one());
    }
}
