package dev.retouch.server.store;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jdbi.v3.core.Handle;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

class LateWritesTest {

    private final TestDatabase stored = TestDatabases.fresh(TestDatabases.Kind.SQLITE);
    private final LateWrites late = new LateWrites(stored.open());
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
    void whatTheDatabaseDoesNotTakeIsWrittenOnceItIsBack() throws SQLException {
        late.write("at once", handle -> insert(handle, "a"));
        away.set(true);
        late.write("later", handle -> insert(handle, "b"));
        late.write("later", handle -> insert(handle, "c"));
        assertThat(rows()).isEqualTo(1);
        assertThatThrownBy(late::retry).isInstanceOf(DatabaseAwayException.class);
        away.set(false);
        late.retry();
        assertThat(rows()).isEqualTo(3);
        late.retry();
        assertThat(rows()).isEqualTo(3);
    }

    @Test
    void whatIsRefusedDoesNotKeepTheOthers() throws SQLException {
        away.set(true);
        late.write("first", handle -> insert(handle, "a"));
        late.write("the same again", handle -> insert(handle, "a"));
        late.write("another", handle -> insert(handle, "b"));
        away.set(false);
        late.retry();
        assertThat(rows()).isEqualTo(2);
    }
}
