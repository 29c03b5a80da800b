package dev.retouch.server.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/**
 * Runs the statements of an edit's hold and settlement with JDBC alone: positional parameters, no parsing of SQL, statements that stay
 * prepared. Every other statement uses the handle, which is easier to read and costs more processor time.
 */
public final class DirectSql {

    private DirectSql() {}

    /**
     * Reads a row.
     *
     * @param <T> the type of the result
     */
    @FunctionalInterface
    public interface RowReader<T> {
        /** Reads the current row. */
        T read(ResultSet row) throws SQLException;
    }

    /** Executes a statement without parameters, such as one that begins or ends a transaction. */
    static void execute(Handle handle, String sql) {
        run(handle, sql, new Object[0], PreparedStatement::execute);
    }

    /**
     * Executes a statement that returns no rows.
     *
     * @param parameters texts, whole numbers, null, or arrays of texts and whole numbers if the database is PostgreSQL
     * @return the number of rows that were changed
     */
    public static int update(Handle handle, String sql, @Nullable Object... parameters) {
        return run(handle, sql, parameters, PreparedStatement::executeUpdate);
    }

    /**
     * Executes a statement that returns rows.
     *
     * @param parameters texts, whole numbers, null, or arrays of texts and whole numbers if the database is PostgreSQL
     */
    public static <T> List<T> query(Handle handle, String sql, RowReader<T> reader, @Nullable Object... parameters) {
        return run(handle, sql, parameters, statement -> {
            List<T> rows = new ArrayList<>();
            try (ResultSet result = statement.executeQuery()) {
                while (result.next()) {
                    rows.add(reader.read(result));
                }
            }
            return rows;
        });
    }

    /**
     * The end of a query that locks its rows until the transaction ends. SQLite has a single writer, whose rows nothing else changes.
     */
    public static String rowLock(Handle handle) {
        return isPostgres(handle) ? " FOR UPDATE" : "";
    }

    /**
     * The end of a query of one table that locks its rows until the transaction ends, and leaves out those that another transaction has
     * locked, instead of waiting for them. SQLite has a single writer.
     */
    public static String freeRows(Handle handle) {
        return isPostgres(handle) ? " FOR UPDATE SKIP LOCKED" : "";
    }

    /** Keeps other transactions from writing a table until this one ends; they can read it. For tables that are rarely written. */
    public static void lockTable(Handle handle, String table) {
        if (isPostgres(handle)) {
            update(handle, "LOCK TABLE " + table + " IN SHARE ROW EXCLUSIVE MODE");
        }
    }

    private static boolean isPostgres(Handle handle) {
        try {
            return handle.getConnection().getMetaData().getDatabaseProductName().equals("PostgreSQL");
        } catch (SQLException e) {
            throw new SqlFailedException(e);
        }
    }

    /** Executes a prepared statement whose parameters are set. */
    private interface Execution<T> {
        T of(PreparedStatement statement) throws SQLException;
    }

    private static <T> T run(Handle handle, String sql, @Nullable Object[] parameters, Execution<T> execution) {
        Connection connection = handle.getConnection();
        try {
            if (handle.getStatementBuilder() instanceof PreparedStatementCache cache) {
                PreparedStatement statement = cache.take(connection, sql);
                try {
                    bind(statement, parameters);
                    return execution.of(statement);
                } finally {
                    cache.close(connection, sql, statement);
                }
            }
            try (PreparedStatement statement = connection.prepareStatement(sql)) {
                bind(statement, parameters);
                return execution.of(statement);
            }
        } catch (SQLException e) {
            throw new SqlFailedException(e);
        }
    }

    private static void setArray(PreparedStatement statement, int index, String type, Object[] values)
            throws SQLException {
        statement.setArray(index, statement.getConnection().createArrayOf(type, values));
    }

    private static void bind(PreparedStatement statement, @Nullable Object[] parameters) throws SQLException {
        for (int index = 0; index < parameters.length; index++) {
            switch (parameters[index]) {
                case Long number -> statement.setLong(index + 1, number);
                case Integer number -> statement.setInt(index + 1, number);
                case String text -> statement.setString(index + 1, text);
                case null -> statement.setString(index + 1, null);
                case String[] texts -> setArray(statement, index + 1, "text", texts);
                case Long[] numbers -> setArray(statement, index + 1, "bigint", numbers);
                case Integer[] numbers -> setArray(statement, index + 1, "integer", numbers);
                default ->
                    throw new IllegalArgumentException("not a text, a whole number or an array: " + parameters[index]);
            }
        }
    }
}
