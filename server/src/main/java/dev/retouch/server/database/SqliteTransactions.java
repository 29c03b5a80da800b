package dev.retouch.server.database;

import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

import javax.sql.DataSource;

import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteConnection;

/**
 * Commits groups in SQLite, on one connection whose statements are prepared once. There are no savepoints: each of them would spill
 * a journal into a temporary file. Work that fails before it has written anything is rejected alone. If it has written something, the
 * group is rolled back and each work runs in its own transaction. The items of a group that have the same statement are written together.
 */
final class SqliteTransactions implements WriteTransactions {

    private static final String BEGIN = "BEGIN IMMEDIATE";
    private static final String COMMIT = "COMMIT";
    private static final String ROLLBACK = "ROLLBACK";

    private final Jdbi jdbi;
    private @Nullable Handle open;

    /** Commits over a connection of this source. */
    SqliteTransactions(DataSource source) {
        jdbi = Jdbi.create(source);
        jdbi.setStatementBuilderFactory(_ -> new PreparedStatementCache());
    }

    @Override
    public void commit(List<WriteJob<?>> group) {
        Handle handle = handle();
        try {
            if (!commitTogether(handle, group)) {
                group.forEach(job -> commitAlone(handle, job));
            }
        } catch (RuntimeException | Error e) {
            close(); // the next group gets a new connection
            throw e;
        }
    }

    /** Whether the group was committed; if not, it was rolled back. */
    private static boolean commitTogether(Handle handle, List<WriteJob<?>> group) {
        DirectSql.execute(handle, BEGIN);
        for (List<WriteJob<?>> part : parts(group)) {
            long before = changes(handle);
            try {
                run(handle, part);
            } catch (RuntimeException | Error e) {
                if (FailureKind.of(e) == FailureKind.AWAY) {
                    throw e;
                }
                if (part.size() > 1 || changes(handle) != before) {
                    DirectSql.execute(handle, ROLLBACK);
                    return false;
                }
                part.getFirst().reject(e);
            }
        }
        DirectSql.execute(handle, COMMIT);
        group.forEach(WriteJob::complete);
        return true;
    }

    /** The jobs of a group, those together that one call can write. */
    private static List<List<WriteJob<?>>> parts(List<WriteJob<?>> group) {
        List<List<WriteJob<?>>> parts = new ArrayList<>();
        IdentityHashMap<Writer.GroupStatement<?, ?>, List<WriteJob<?>>> ofStatement = new IdentityHashMap<>();
        Set<Object> identities = new HashSet<>();
        for (WriteJob<?> job : group) {
            if (job instanceof ItemJob<?, ?> item && identities.add(item.identity())) {
                ofStatement.computeIfAbsent(item.statement(), _ -> {
                    List<WriteJob<?>> part = new ArrayList<>();
                    parts.add(part);
                    return part;
                }).add(job);
            } else {
                parts.add(List.of(job));
            }
        }
        return parts;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // several jobs of a part have the same statement, and so the same types
    private static void run(Handle handle, List<WriteJob<?>> part) {
        if (part.size() == 1) {
            part.getFirst().run(handle);
        } else {
            ItemJob.runTogether(handle, (List) part);
        }
    }

    private static void commitAlone(Handle handle, WriteJob<?> job) {
        DirectSql.execute(handle, BEGIN);
        try {
            job.run(handle);
            DirectSql.execute(handle, COMMIT);
        } catch (RuntimeException | Error e) {
            if (FailureKind.of(e) == FailureKind.AWAY) {
                throw e;
            }
            DirectSql.execute(handle, ROLLBACK);
            job.reject(e);
        }
        job.complete();
    }

    /** The number of rows that this connection has changed since it was opened. */
    private static long changes(Handle handle) {
        try {
            return handle.getConnection().unwrap(SQLiteConnection.class).getDatabase().total_changes();
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    private Handle handle() {
        Handle handle = open;
        if (handle == null) {
            handle = jdbi.open();
            handle.execute("PRAGMA wal_autocheckpoint = 0"); // WalCheckpoint does it on its own connection
            open = handle;
        }
        return handle;
    }

    @Override
    public void close() {
        Handle handle = open;
        open = null;
        if (handle != null) {
            handle.close();
        }
    }
}
