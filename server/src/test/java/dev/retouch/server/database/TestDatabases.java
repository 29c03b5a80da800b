package dev.retouch.server.database;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.atomic.AtomicInteger;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/** Both kinds of database, real ones: SQLite in a separate folder, and one PostgreSQL server for the whole test run. */
public final class TestDatabases {

    private static final AtomicInteger NUMBER = new AtomicInteger();

    private TestDatabases() {}

    /** What the gateway can store things in. */
    public enum Kind {
        /** A file. */
        SQLITE,
        /** A server. */
        POSTGRESQL
    }

    /** Begun when it is asked for, ended with the process. */
    private static final class Server {

        private static final EmbeddedPostgres POSTGRES = start();

        private static EmbeddedPostgres start() {
            try {
                return EmbeddedPostgres.builder().setServerConfig("fsync", "on").start();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** An empty database. */
    public static TestDatabase fresh(Kind kind) {
        return kind == Kind.SQLITE ? TestDatabase.sqlite() : TestDatabase.postgres(newPostgres());
    }

    /** The URL of an empty PostgreSQL database. */
    public static String newPostgres() {
        String name = "test_" + NUMBER.incrementAndGet();
        try (Connection connection = Server.POSTGRES.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return "postgresql://postgres:postgres@localhost:" + Server.POSTGRES.getPort() + "/" + name;
    }
}
