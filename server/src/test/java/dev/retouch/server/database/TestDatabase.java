package dev.retouch.server.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.configuration.FluentConfiguration;

/** A database that is gone after the test. */
public final class TestDatabase implements AutoCloseable {

    private final Optional<String> url;
    private final Path folder;
    private final List<Database> opened = new ArrayList<>();

    private TestDatabase(Optional<String> url) {
        this.url = url;
        try {
            this.folder = Files.createTempDirectory("retouch-database-");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static TestDatabase sqlite() {
        return new TestDatabase(Optional.empty());
    }

    /** The PostgreSQL database with this URL, which has the same user and password. */
    public static TestDatabase postgres(String url) {
        return new TestDatabase(Optional.of(url));
    }

    /** Opens it, once more where it is open: as another instance does where it is shared. */
    public Database open() {
        Database database = Database.open(url, folder);
        opened.add(database);
        return database;
    }

    /** Brings an empty database to an earlier version of the schema. */
    void migrateTo(String version) {
        String kind = url.isPresent() ? "postgresql" : "sqlite";
        String migrations = "classpath:dev/retouch/server/database/migrations/";
        FluentConfiguration flyway = Flyway.configure().loggers("slf4j").target(version)
                .locations(migrations + "common", migrations + kind);
        (url.isPresent()
                ? flyway.dataSource(PostgresUrl.of(url.get()).jdbc(), "postgres", "postgres")
                : flyway.dataSource("jdbc:sqlite:" + folder.resolve("retouch.db"), null, null)).load().migrate();
    }

    /** Where SQLite's files lie. */
    public Path folder() {
        return folder;
    }

    /** A way past the gateway. */
    public Connection raw() throws SQLException {
        return url.isPresent()
                ? DriverManager.getConnection(PostgresUrl.of(url.get()).jdbc(), "postgres", "postgres")
                : DriverManager.getConnection("jdbc:sqlite:" + folder.resolve("retouch.db"));
    }

    /** Runs a statement past the gateway. */
    public void execute(String sql) throws SQLException {
        try (Connection connection = raw(); Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** Asks for one number past the gateway. */
    public long number(String sql) throws SQLException {
        try (Connection connection = raw();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            rows.next();
            return rows.getLong(1);
        }
    }

    /** Removes the ledger's protection, as a superuser could. */
    public void unlockLedger() throws SQLException {
        for (String table : List.of("ledger_transactions", "ledger_entries", "ledger_checkpoints",
                "ledger_checkpoint_balances")) {
            if (url.isPresent()) {
                execute("ALTER TABLE " + table + " DISABLE TRIGGER ALL");
            } else {
                execute("DROP TRIGGER " + table + "_stay");
                execute("DROP TRIGGER " + table + "_remain");
            }
        }
    }

    @Override
    public void close() {
        opened.forEach(Database::close);
        try (Stream<Path> files = Files.walk(folder)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
