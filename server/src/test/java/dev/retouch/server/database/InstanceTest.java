package dev.retouch.server.database;

import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class InstanceTest {

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();

    InstanceTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private long seen(Instance instance) throws SQLException {
        return stored.number("SELECT COALESCE(MAX(seen_at), 0) FROM instances WHERE id = '" + instance.id() + "'");
    }

    @Test
    void instanceIsAliveUntilItIsUnregistered() throws SQLException {
        Instance instance = Instance.timedBy(database, clock, Duration.ofSeconds(10));
        assertThat(instance.id()).matches("inst_[0-9a-f]{32}");
        assertThat(seen(instance)).isEqualTo(clock.millis());
        clock.advance(Duration.ofSeconds(2));
        instance.heartbeat();
        assertThat(seen(instance)).isEqualTo(clock.millis());
        assertThat(stored.number("SELECT seen_at - started_at FROM instances WHERE id = '" + instance.id() + "'"))
                .isEqualTo(2000);
        instance.close();
        assertThat(seen(instance)).isZero();
    }

    @Test
    void oneThatWasGivenUpComesBack() throws SQLException {
        Instance instance = Instance.timedBy(database, clock, Duration.ofSeconds(10));
        stored.execute("DELETE FROM instances WHERE id = '" + instance.id() + "'");
        instance.heartbeat();
        assertThat(seen(instance)).isEqualTo(clock.millis());
    }

    @Test
    void eachStartIsAnotherOne() {
        try (Instance one = Instance.timedBy(database, clock, Duration.ofSeconds(10));
                Instance other = Instance.timedBy(database, clock, Duration.ofSeconds(10))) {
            assertThat(one.id()).isNotEqualTo(other.id());
        }
    }
}
