package dev.retouch.server.key;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;

import static org.assertj.core.api.Assertions.catchThrowableOfType;

/**
 * Real databases of both kinds, empty for each test, with further instances. The PostgreSQL server starts once for all
 * test classes and stops with the last of them.
 */
final class KeyDatabases implements BeforeEachCallback, AfterEachCallback {

    private static final ExtensionContext.Namespace SHARED = ExtensionContext.Namespace.create(KeyDatabases.class);

    private final Deque<Database> open = new ArrayDeque<>();
    private @Nullable ExtensionContext context;
    private @Nullable Path folder;
    private Optional<String> url = Optional.empty();

    /** Kind of a database. */
    enum Kind {
        SQLITE, POSTGRESQL
    }

    /** The server for all tests. */
    private record Server(EmbeddedPostgres postgres) implements AutoCloseable {

        static Server start() {
            try {
                return new Server(EmbeddedPostgres.start());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public void close() throws IOException {
            postgres.close();
        }
    }

    /** Returns an empty database. */
    Database fresh(Kind kind) {
        try {
            folder = Files.createTempDirectory("keys");
            url = kind == Kind.POSTGRESQL ? Optional.of(newUrl()) : Optional.empty();
            return again();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Opens the same database as another instance. */
    Database again() {
        Path here = folder;
        if (here == null) {
            throw new IllegalStateException("there is no database yet");
        }
        Database database = Database.open(url, here);
        open.push(database);
        return database;
    }

    /** Returns the content of all tables of keys and groups, and for SQLite of all its files. */
    String dump(Database database) throws IOException {
        List<String> all = new ArrayList<>();
        for (String table : List.of("caller_groups", "api_keys", "key_changes")) {
            all.add(database.read(
                    handle -> handle.createQuery("SELECT * FROM " + table).mapToMap().list().toString()));
        }
        try (Stream<Path> files = Files.list(folder == null ? Path.of("") : folder)) {
            for (Path file : files.toList()) {
                all.add(Files.readString(file, StandardCharsets.ISO_8859_1));
            }
        }
        return String.join("\n", all);
    }

    /** Returns the exception of an unavailable database. */
    DatabaseUnavailableException away() {
        Database closed = again();
        closed.close();
        return catchThrowableOfType(DatabaseUnavailableException.class, () -> closed.write(handle -> ""));
    }

    private String newUrl() {
        ExtensionContext test = context;
        if (test == null) {
            throw new IllegalStateException("this is an extension: register it");
        }
        EmbeddedPostgres postgres = test.getRoot().getStore(SHARED)
                .computeIfAbsent("server", key -> Server.start(), Server.class).postgres();
        String name = "keys_" + UUID.randomUUID().toString().replace("-", "");
        Jdbi.create(postgres.getPostgresDatabase()).useHandle(handle -> handle.execute("CREATE DATABASE " + name));
        return postgres.getJdbcUrl("postgres", name);
    }

    @Override
    public void beforeEach(ExtensionContext test) {
        context = test;
    }

    @Override
    public void afterEach(ExtensionContext test) throws IOException {
        open.forEach(Database::close);
        open.clear();
        if (folder != null) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
    }
}
