package dev.retouch.server.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

import org.jdbi.v3.core.statement.DefaultStatementBuilder;
import org.jdbi.v3.core.statement.StatementContext;

/** Keeps the prepared statements of one connection, by their text. A statement that is in use is prepared a second time. Not thread-safe. */
final class PreparedStatementCache extends DefaultStatementBuilder {

    /** More than the program has; texts with lists of any length could exceed it. */
    private static final int MAX_STATEMENTS = 256;

    private final Map<String, PreparedStatement> idle = new HashMap<>();

    @Override
    public PreparedStatement create(Connection connection, String sql, StatementContext context) throws SQLException {
        PreparedStatement prepared = context.isReturningGeneratedKeys() || context.isConcurrentUpdatable()
                ? null
                : idle.remove(sql);
        return prepared == null ? super.create(connection, sql, context) : prepared;
    }

    /** The statement of this text, prepared if it is not idle. The caller closes it with {@link #close(Connection, String, Statement)}. */
    PreparedStatement take(Connection connection, String sql) throws SQLException {
        PreparedStatement prepared = idle.remove(sql);
        return prepared == null ? connection.prepareStatement(sql) : prepared;
    }

    @Override
    public void close(Connection connection, String sql, Statement statement) throws SQLException {
        if (statement instanceof PreparedStatement prepared && idle.size() < MAX_STATEMENTS && !idle.containsKey(sql)) {
            prepared.clearBatch();
            prepared.clearParameters();
            idle.put(sql, prepared);
        } else {
            statement.close();
        }
    }

    /** Closing the connection closes the statements. */
    @Override
    public void close(Connection connection) {
        idle.clear();
    }
}
