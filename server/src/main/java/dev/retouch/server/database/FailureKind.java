package dev.retouch.server.database;

import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientException;
import java.util.EnumSet;
import java.util.Set;

import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/** Who is at fault for a failed statement: the database or the connection, another transaction, or the statement itself. */
enum FailureKind {

    /** Another transaction was first; the same statement succeeds if it is repeated. */
    CONFLICT,
    /** The database or the connection to it. */
    AWAY,
    /** The statement or the code that sent it. */
    STATEMENT;

    /** SQLite's error kinds if the disk fails or another process keeps the file locked. */
    private static final Set<SQLiteErrorCode> SQLITE_FAILURES = EnumSet.of(SQLiteErrorCode.SQLITE_BUSY,
            SQLiteErrorCode.SQLITE_LOCKED, SQLiteErrorCode.SQLITE_IOERR, SQLiteErrorCode.SQLITE_FULL,
            SQLiteErrorCode.SQLITE_CANTOPEN, SQLiteErrorCode.SQLITE_READONLY);

    /** SQL states of a deadlock and of a serialization failure. */
    private static final Set<String> CONFLICTS = Set.of("40P01", "40001");

    /**
     * Prefixes of SQL states of a database that cannot write now: connection broken, out of resources, shut down, idle in
     * transaction for too long, read-only after a failover, canceled by a time limit, locked for too long.
     */
    private static final Set<String> AWAY_STATES = Set.of("08", "53", "57P", "25P03", "25006", "25P02", "57014",
            "55P03");

    /** Classifies a failure by its causes. */
    static FailureKind of(Throwable failure) {
        FailureKind kind = STATEMENT;
        for (Throwable cause = failure; cause != null && kind == STATEMENT; cause = cause.getCause()) {
            if (cause instanceof SQLException sql) {
                kind = of(sql);
            }
        }
        return kind;
    }

    private static FailureKind of(SQLException failure) {
        String state = failure.getSQLState();
        if (state != null && CONFLICTS.contains(state)) {
            return CONFLICT;
        }
        if (failure instanceof SQLTransientException || failure instanceof SQLRecoverableException
                || failure instanceof SQLNonTransientConnectionException) {
            return AWAY;
        }
        if (failure instanceof SQLiteException sqlite && SQLITE_FAILURES.contains(primary(sqlite))) {
            return AWAY;
        }
        return state != null && AWAY_STATES.stream().anyMatch(state::startsWith) ? AWAY : STATEMENT;
    }

    /** The primary result code, the lowest byte of SQLite's extended code. */
    private static SQLiteErrorCode primary(SQLiteException failure) {
        return SQLiteErrorCode.getErrorCode(failure.getResultCode().code & 0xff);
    }
}
