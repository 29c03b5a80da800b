package dev.retouch.server.database;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class DeferredWritesTest {

    private final TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.SQLITE);
    private final DeferredWrites late = new DeferredWrites(stored.open());
    private final AtomicBoolean away = new AtomicBoolean();

    @AfterEach
    void close() {
        stored.close();
    }

    /** A write that meets a broken connection while the test says so. */
    private int insert(Handle handle, String id) {
        if (away.get()) {
            throw new IllegalStateException(new SQLTransientConnectionException("away"));
        }
        return handle.execute("INSERT INTO instances (id, started_at, seen_at) VALUES (?, 1, 1)", id);
    }

    private long rows() throws SQLException {
        return stored.number("SELECT COUNT(*) FROM instances");
    }

    @Test
    void writesDeferredWorkWhenDatabaseIsBack() throws SQLException {
        late.write("at once", handle -> insert(handle, "a"));
        away.set(true);
        late.write("later", handle -> insert(handle, "b"));
        late.write("later", handle -> insert(handle, "c"));
        assertThat(rows()).isEqualTo(1);
        assertThatThrownBy(late::retry).isInstanceOf(DatabaseUnavailableException.class);
        away.set(false);
        late.retry();
        assertThat(rows()).isEqualTo(3);
        late.retry();
        assertThat(rows()).isEqualTo(3);
    }

    @Test
    void deferredWorkSharesATransaction() {
        away.set(true);
        Set<Long> committed = ConcurrentHashMap.newKeySet();
        for (int i = 0; i < 300; i++) {
            String id = "row-" + i;
            late.write("later", handle -> {
                int rows = insert(handle, id);
                committed.add(committedRows());
                return rows;
            });
        }
        away.set(false);
        late.retry();
        assertThat(committed).as("rows that others see during the writes").containsExactlyInAnyOrder(0L, 256L);
        assertThat(committedRows()).isEqualTo(300);
    }

    private long committedRows() {
        try {
            return rows();
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void rejectedWorkDoesNotBlockOthers() throws SQLException {
        away.set(true);
        late.write("first", handle -> insert(handle, "a"));
        late.write("the same again", handle -> insert(handle, "a"));
        late.write("another", handle -> insert(handle, "b"));
        away.set(false);
        late.retry();
        assertThat(rows()).isEqualTo(2);
    }

    @Test
    void callsBackOnceAfterTheWorkIsCommittedOrRejected() {
        List<String> calls = new ArrayList<>();
        late.write("at once", handle -> insert(handle, "a"), () -> calls.add("a " + committedRows()));
        away.set(true);
        late.write("later", handle -> insert(handle, "b"), () -> calls.add("b " + committedRows()));
        late.write("rejected", handle -> insert(handle, "a"), () -> calls.add("rejected " + committedRows()));
        assertThatThrownBy(late::retry).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(calls).containsExactly("a 1");
        away.set(false);
        late.retry();
        late.retry();
        assertThat(calls).containsExactly("a 1", "b 2", "rejected 2");
    }
}
