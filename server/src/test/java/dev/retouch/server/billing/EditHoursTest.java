package dev.retouch.server.billing;

import java.time.Duration;
import java.time.Instant;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class EditHoursTest {

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = new ManualClock(Instant.parse("2026-11-29T10:59:59.999Z"));
    private final Ledger ledger;

    EditHoursTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.ledger = new Ledger(database, clock, "inst_test");
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private void hold(String id) {
        ledger.hold(new HoldRequest(id, "anna", "shop", "small", "USD", "2026-01", false, 1, money("1")));
    }

    /** As another instance counts, or this one after a restart. */
    private List<EditHours.Hour> hours() {
        return new EditHours(database, clock).hours();
    }

    @Test
    void countsEditsOfADayByHourAndState() {
        hold("old");
        clock.advance(Duration.ofMillis(1));
        hold("settled");
        ledger.settle("settled", images(1), money("0.4"));
        hold("released");
        ledger.release("released", "no image");
        clock.advance(Duration.ofHours(1));
        hold("undecided");
        ledger.markUndecided("undecided", "connection lost");
        hold("held");
        assertThat(hours()).hasSize(24).last().satisfies(hour -> {
            assertThat(hour.start()).isEqualTo("2026-11-29T12:00:00Z");
            assertThat(hour.count(HoldState.UNDECIDED)).isOne();
            assertThat(hour.count(HoldState.HELD)).isOne();
            assertThat(hour.count(HoldState.SETTLED)).isZero();
        });
        assertThat(hours().get(22).states()).containsOnlyKeys(HoldState.SETTLED, HoldState.RELEASED);
        assertThat(hours().get(21).states()).containsOnlyKeys(HoldState.HELD);
        ledger.settle("undecided", images(1), money("0.4"));
        assertThat(hours().getLast().count(HoldState.SETTLED)).as("its state now").isOne();
        clock.advance(Duration.ofHours(22));
        assertThat(hours().getFirst().states()).containsOnlyKeys(HoldState.SETTLED, HoldState.RELEASED);
        clock.advance(Duration.ofHours(24));
        assertThat(hours()).allSatisfy(hour -> assertThat(hour.states()).isEmpty());
    }

    @Test
    void countsOnceForManyQuestions() {
        EditHours hours = new EditHours(database, clock);
        List<EditHours.Hour> first = hours.hours();
        assertThat(hours.hours()).isSameAs(first);
    }
}
