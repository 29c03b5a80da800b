package dev.retouch.server.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;

import org.jspecify.annotations.Nullable;

/** Asks a PostgreSQL server whether it can write, on a connection that is used for nothing else. Not thread-safe. */
final class PostgresProbe implements OutageWatch.Probe {

    private static final Duration CONNECT = Duration.ofSeconds(1);
    private static final Duration ANSWER = Duration.ofSeconds(1);

    private final PostgresServer server;
    private @Nullable Connection connection;

    PostgresProbe(PostgresServer server) {
        this.server = server;
    }

    @Override
    public void ask() throws SQLException {
        Connection open = connection;
        boolean known = open != null;
        try {
            ask(open == null ? connect() : open);
        } catch (SQLException e) {
            close();
            if (!known || isSilent(e)) {
                throw e;
            }
            ask(connect()); // the server has closed the connection, which says nothing about now
        }
    }

    private Connection connect() throws SQLException {
        Connection open = server.open(CONNECT);
        open.setNetworkTimeout(Runnable::run, Math.toIntExact(ANSWER.toMillis()));
        connection = open;
        return open;
    }

    private static void ask(Connection open) throws SQLException {
        try (Statement statement = open.createStatement();
                ResultSet row = statement
                        .executeQuery(
                                "SELECT pg_is_in_recovery() OR current_setting('transaction_read_only') = 'on'")) {
            if (row.next() && row.getBoolean(1)) {
                throw new SQLException("the server is read-only", "25006");
            }
        }
    }

    private static boolean isSilent(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof java.net.SocketTimeoutException) {
                return true;
            }
        }
        return false;
    }

    @Override
    public void close() {
        Connection open = connection;
        connection = null;
        if (open != null) {
            try {
                open.abort(Runnable::run);
            } catch (SQLException e) {
                throw new SqlFailedException(e);
            }
        }
    }
}
