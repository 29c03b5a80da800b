package dev.retouch.server.billing;

import java.sql.SQLException;
import java.time.Duration;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.VerificationService.State;
import dev.retouch.server.billing.VerificationService.Verification;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.billing.Orders.images;
import static dev.retouch.server.billing.Orders.money;
import static dev.retouch.server.billing.Orders.order;
import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class VerificationServiceTest {

    private final TestDatabase stored;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final VerificationService service;

    VerificationServiceTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        Database database = stored.open();
        this.service = new VerificationService(new LedgerVerifier(database), clock);
        Ledger ledger = new Ledger(database, clock, "inst_test");
        ledger.hold(order("edit", "k", "g", "1"));
        ledger.settle("edit", images(1), money("0.5"));
    }

    @AfterEach
    void close() {
        service.close();
        stored.close();
    }

    /** Starts a verification and waits for its end, also if the machine is slow. */
    private Verification verified() {
        service.start(false);
        Eventually.so("the verification ends", () -> service.last().state() != State.RUNNING);
        return service.last();
    }

    @Test
    void keepsTheLastResultWithItsTime() throws SQLException {
        assertThat(service.last().state()).isEqualTo(State.NONE);
        Verification sound = verified();
        assertThat(sound.state()).isEqualTo(State.SOUND);
        assertThat(sound.started()).isEqualTo(clock.instant());
        assertThat(sound.report()).isNotNull().returns(1L, LedgerVerifier.Report::edits);
        assertThat(service.last()).isEqualTo(sound);

        clock.advance(Duration.ofMinutes(1));
        stored.execute("UPDATE budgets SET spent = spent + 1 WHERE owner = 'key:k'");
        Verification unsound = verified();
        assertThat(unsound.state()).isEqualTo(State.UNSOUND);
        assertThat(unsound.finished()).isEqualTo(clock.instant());
        assertThat(unsound.report()).isNotNull().satisfies(report -> assertThat(report.findings()).hasSize(1));
    }

    @Test
    void failureIsAResultAndTheNextVerificationRuns() throws SQLException {
        stored.execute("ALTER TABLE ledger_entries RENAME TO ledger_entries_away");
        Verification failed = verified();
        assertThat(failed.state()).isEqualTo(State.FAILED);
        assertThat(failed.report()).isNull();
        stored.execute("ALTER TABLE ledger_entries_away RENAME TO ledger_entries");
        assertThat(verified().state()).isEqualTo(State.SOUND);
    }
}
