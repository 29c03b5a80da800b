package dev.retouch.contract.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;

/** A PostgreSQL of this test's own, which writes to the disk as those of operators do. */
public final class Postgres implements AutoCloseable {

    private final EmbeddedPostgres server;
    private int databases;

    private Postgres(EmbeddedPostgres server) {
        this.server = server;
    }

    /** Starts one. */
    public static Postgres start() {
        try {
            return new Postgres(EmbeddedPostgres.builder().setServerConfig("fsync", "on").start());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The address of a new database, for {@code RETOUCH_DATABASE_URL}. */
    public String newDatabase() {
        return newDatabase(server.getPort());
    }

    /** Creates a database that is reached through this port. */
    public String newDatabase(int port) {
        String name = "gate_" + databases++;
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE DATABASE " + name);
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
        return "postgresql://postgres@127.0.0.1:" + port + "/" + name;
    }

    /** Where it listens. */
    public int port() {
        return server.getPort();
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
