package dev.retouch.server.billing;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.UsageRepository.Dimension;
import dev.retouch.server.billing.UsageRepository.Filter;
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
class UsageRepositoryTest {

    private static final LocalDate MONDAY = LocalDate.parse("2026-11-02");
    private static final Instant START = Instant.parse("2026-11-02T23:59:59.999Z");
    private static final Filter ALL = new Filter(null, null, START, START.plus(Duration.ofDays(1)));

    private final TestDatabase stored;
    private final ManualClock clock = new ManualClock(START);
    private final Ledger ledger;
    private final UsageRepository report;

    UsageRepositoryTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        Database database = stored.open();
        this.ledger = new Ledger(database, clock, "inst_test");
        this.report = new UsageRepository(database);
    }

    /** Two on the last millisecond of Monday, four on the first of Tuesday. */
    @BeforeEach
    void edit() {
        hold("1", "anna", "shop", "small");
        ledger.settle("1", images(2), money("0.4"));
        hold("2", "anna", "shop", "large");
        ledger.release("2", "no image");
        clock.advance(Duration.ofMillis(1));
        hold("3", "anna", "shop", "large");
        ledger.settle("3", images(1), money("0.7"));
        hold("4", "bert", "shop", "small");
        hold("5", "carl", "lab", "small");
        ledger.markUndecided("5", "connection lost");
        hold("6", "carl", "lab", "small");
        ledger.settle("6", images(3), money("0.9"));
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private void hold(String id, String keyId, String group, String model) {
        ledger.hold(new HoldRequest(id, keyId, group, model, "USD", "2026-01", false, 3, money("1")));
    }

    private static UsageRepository.Row row(@Nullable LocalDate day, @Nullable String keyId, @Nullable String group,
            @Nullable String model, long settled,
            long released, long held, long undecided, long images, String cost, String heldAmount) {
        return new UsageRepository.Row(day, keyId, group, model, settled, released, held, undecided, images,
                10 * images,
                100 * images, 1000 * images, 0, 0, 0, money(cost), money(heldAmount), Money.ZERO);
    }

    @Test
    void everythingInOneRow() {
        assertThat(report.usage(ALL, Set.of()))
                .containsExactly(row(null, null, null, null, 3, 1, 1, 1, 6, "2", "2"));
    }

    @Test
    void daysEndAtMidnightInUtc() {
        assertThat(report.usage(ALL, Set.of(Dimension.DAY))).containsExactly(
                row(MONDAY, null, null, null, 1, 1, 0, 0, 2, "0.4", "0"),
                row(MONDAY.plusDays(1), null, null, null, 2, 0, 1, 1, 4, "1.6", "2"));
    }

    @Test
    void keysGroupsAndModels() {
        assertThat(report.usage(ALL, Set.of(Dimension.KEY))).containsExactly(
                row(null, "anna", null, null, 2, 1, 0, 0, 3, "1.1", "0"),
                row(null, "bert", null, null, 0, 0, 1, 0, 0, "0", "1"),
                row(null, "carl", null, null, 1, 0, 0, 1, 3, "0.9", "1"));
        assertThat(report.usage(ALL, Set.of(Dimension.GROUP, Dimension.MODEL))).containsExactly(
                row(null, null, "lab", "small", 1, 0, 0, 1, 3, "0.9", "1"),
                row(null, null, "shop", "large", 1, 1, 0, 0, 1, "0.7", "0"),
                row(null, null, "shop", "small", 1, 0, 1, 0, 2, "0.4", "1"));
        assertThat(report.usage(ALL, EnumSet.allOf(Dimension.class))).hasSize(5)
                .startsWith(row(MONDAY, "anna", "shop", "large", 0, 1, 0, 0, 0, "0", "0"));
    }

    @Test
    void filtersLeaveOthersOut() {
        assertThat(report.usage(new Filter("anna", null, ALL.from(), ALL.to()), Set.of(Dimension.MODEL)))
                .containsExactly(row(null, null, null, "large", 1, 1, 0, 0, 1, "0.7", "0"),
                        row(null, null, null, "small", 1, 0, 0, 0, 2, "0.4", "0"));
        assertThat(report.usage(new Filter(null, "lab", ALL.from(), ALL.to()), Set.of()))
                .containsExactly(row(null, null, null, null, 1, 0, 0, 1, 3, "0.9", "1"));
        assertThat(report.usage(new Filter("anna", "lab", ALL.from(), ALL.to()), Set.of())).isEmpty();
        assertThat(report.usage(new Filter(null, null, START, START.plusMillis(1)), Set.of()))
                .as("the end does not count").extracting(UsageRepository.Row::images).containsExactly(2L);
        assertThat(report.usage(new Filter(null, null, START.plusMillis(1), ALL.to()), Set.of()))
                .as("the beginning counts").extracting(UsageRepository.Row::images).containsExactly(4L);
    }

    @Test
    void theNewestEditsComeFirst() {
        assertThat(report.edits(ALL, 100)).extracting(LedgerEdit::id).containsExactly("6", "5", "4", "3", "2", "1");
        assertThat(report.edits(ALL, 2)).extracting(LedgerEdit::id).containsExactly("6", "5");
        List<LedgerEdit> last = report.edits(new Filter("anna", "shop", START, START.plusMillis(1)), 1);
        assertThat(last).containsExactly(new LedgerEdit("2", "anna", "shop", "large", "USD", "2026-01", false,
                HoldState.RELEASED, money("1"), Money.ZERO, Money.ZERO, 3, images(0), START, START, "no image", null,
                null));
    }
}
