package dev.retouch.server.store;

import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
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
    void anInstanceSaysThatItLivesUntilItSignsOff() throws SQLException {
        Instance instance = new Instance(database, clock);
        assertThat(instance.id()).matches("inst_[0-9a-f]{32}");
        assertThat(seen(instance)).isEqualTo(clock.millis());
        clock.advance(Duration.ofSeconds(2));
        instance.beat();
        assertThat(seen(instance)).isEqualTo(clock.millis());
        assertThat(stored.number("SELECT seen_at - started_at FROM instances WHERE id = '" + instance.id() + "'"))
                .isEqualTo(2000);
        instance.close();
        assertThat(seen(instance)).isZero();
    }

    @Test
    void oneThatWasGivenUpComesBack() throws SQLException {
        Instance instance = new Instance(database, clock);
        stored.execute("DELETE FROM instances WHERE id = '" + instance.id() + "'");
        instance.beat();
        assertThat(seen(instance)).isEqualTo(clock.millis());
    }

    @Test
    void eachStartIsAnotherOne() {
        try (Instance one = new Instance(database, clock); Instance other = new Instance(database, clock)) {
            assertThat(one.id()).isNotEqualTo(other.id());
        }
    }
}
