package dev.retouch.server.store;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DatabaseAwayTest {

    private static final String INSERT = "INSERT INTO instances (id, started_at, seen_at) VALUES (?, 0, 0)";

    private static long rows(TestDatabase stored) throws SQLException {
        return stored.number("SELECT COUNT(*) FROM instances");
    }

    @Test
    void connectionsThatWereEndedAreAFailureOnceAndThenNew() throws SQLException {
        try (TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.POSTGRESQL)) {
            Database database = stored.open();
            assertThatThrownBy(() -> database.write(handle -> {
                handle.execute(INSERT, "lost");
                handle.execute("SELECT pg_terminate_backend(pg_backend_pid())");
                return handle.execute(INSERT, "lost-too");
            })).isInstanceOf(DatabaseAwayException.class);
            assertThat(rows(stored)).isZero();
            database.write(handle -> handle.execute(INSERT, "kept"));
            assertThat(rows(stored)).isEqualTo(1);
        }
    }

    @Test
    void aServerThatComesBackIsUsedAgainWithoutARestart(@TempDir Path folder)
            throws IOException, InterruptedException, SQLException {
        try (StoppablePostgres server = new StoppablePostgres(folder);
                TestDatabase stored = TestDatabase.postgres(server.url())) {
            Database database = stored.open();
            database.write(handle -> handle.execute(INSERT, "before"));
            server.crash();
            assertThatThrownBy(() -> database.write(handle -> handle.execute(INSERT, "meanwhile")))
                    .isInstanceOf(DatabaseAwayException.class);
            assertThatThrownBy(() -> database.read(handle -> handle.execute("SELECT 1")))
                    .isInstanceOf(DatabaseAwayException.class);
            assertThatThrownBy(stored::open).isInstanceOf(DatabaseAwayException.class);
            server.comeBack();
            writeAgain(database);
            assertThat(rows(stored)).isEqualTo(2);
        }
    }

    /** It may take a moment until no broken connection is left. */
    private static void writeAgain(Database database) throws InterruptedException {
        long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        while (true) {
            try {
                database.write(handle -> handle.execute(INSERT, "after"));
                return;
            } catch (DatabaseAwayException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    /** SQLite tells the kind of a failure in one byte and the details in the next. */
    @Test
    void allKindsOfALostFileAreKnown() {
        for (SQLiteErrorCode code : new SQLiteErrorCode[]{SQLiteErrorCode.SQLITE_BUSY,
                SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT, SQLiteErrorCode.SQLITE_IOERR_WRITE, SQLiteErrorCode.SQLITE_FULL,
                SQLiteErrorCode.SQLITE_READONLY_DBMOVED, SQLiteErrorCode.SQLITE_IOERR_FSYNC}) {
            assertThat(Database.isAway(new SQLiteException("failed", code))).as(code.name()).isTrue();
        }
        assertThat(Database.isAway(new SQLiteException("failed", SQLiteErrorCode.SQLITE_CONSTRAINT_TRIGGER)))
                .isFalse();
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
