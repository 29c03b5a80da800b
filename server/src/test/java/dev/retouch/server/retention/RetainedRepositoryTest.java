package dev.retouch.server.retention;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.BudgetAccounts;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.TestDatabase;
import dev.retouch.server.database.TestDatabases;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.key.Administration;
import dev.retouch.server.key.AdministrationException;
import dev.retouch.server.key.GroupChange;
import dev.retouch.server.key.KeyRepository;
import dev.retouch.server.key.NewGroup;
import dev.retouch.server.retention.RetainedRepository.Found;
import dev.retouch.server.retention.RetainedRepository.Piece;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** The setting of the group decides at every moment what is written, returned and deleted. */
@ParameterizedClass
@EnumSource(TestDatabases.Kind.class)
@Tag("slow")
class RetainedRepositoryTest {

    /** More than a transaction deletes. */
    private static final int MANY = 600;

    private final TestDatabase stored;
    private final Database database;
    private final ManualClock clock = ManualClock.atSomeTime();
    private final RetainedRepository repository;
    private final Administration administration;

    RetainedRepositoryTest(TestDatabases.Kind kind) {
        this.stored = TestDatabases.fresh(kind);
        this.database = stored.open();
        this.repository = new RetainedRepository(database, clock);
        this.administration = administration(true);
    }

    private Administration administration(boolean hasKey) {
        return new Administration(new KeyRepository(database), clock, _ -> true, _ -> true, new BudgetAccounts(clock),
                new Administration.Retention(hasKey, repository::enforce));
    }

    @AfterEach
    void close() {
        stored.close();
    }

    private static GroupChange keep(RetainMode mode, int days) {
        return new GroupChange(null, null, null, null, null, null, null, null, null, null, null, mode, days);
    }

    private void group(RetainMode mode, int days) {
        administration.createGroup(new NewGroup("team", keep(mode, days)));
    }

    private void write(String edit) {
        for (String name : List.of("prompt", "run")) {
            repository.write(new Piece(edit, "team", name, name.equals("prompt"),
                    (name + " of " + edit).getBytes(StandardCharsets.UTF_8), clock.instant()));
        }
    }

    private List<String> names(String edit) {
        return repository.pieces(edit).stream().map(Found::name).toList();
    }

    private long rows() {
        return database.read(
                handle -> handle.createQuery("SELECT count(*) FROM retained_pieces").mapTo(Long.class).one());
    }

    @Test
    void keepsWhatTheGroupSays() {
        write("req_0");
        group(RetainMode.NONE, 30);
        write("req_1");
        assertThat(rows()).isZero();
        administration.updateGroup("team", keep(RetainMode.METADATA, 30));
        write("req_2");
        assertThat(names("req_2")).containsExactly("run");
        administration.updateGroup("team", keep(RetainMode.CONTENT, 30));
        write("req_3");
        write("req_3");
        assertThat(names("req_3")).containsExactly("prompt", "run");
        assertThat(repository.piece("req_3", "prompt").orElseThrow().body())
                .asString(StandardCharsets.UTF_8).isEqualTo("prompt of req_3");
        assertThat(names("req_1")).isEmpty();
    }

    @Test
    void changeAppliesToWhatIsKept() {
        group(RetainMode.CONTENT, 30);
        write("req_1");
        administration.updateGroup("team", keep(RetainMode.METADATA, 30));
        assertThat(names("req_1")).containsExactly("run");
        assertThat(rows()).isOne();
        administration.updateGroup("team", keep(RetainMode.CONTENT, 30));
        assertThat(names("req_1")).as("not back").containsExactly("run");
        administration.updateGroup("team", keep(RetainMode.NONE, 30));
        assertThat(rows()).isZero();
    }

    @Test
    void deletesAfterItsDays() {
        group(RetainMode.CONTENT, 2);
        write("req_1");
        assertThat(repository.pieces("req_1").getFirst().expires()).isEqualTo(clock.instant().plus(Duration.ofDays(2)));
        clock.advance(Duration.ofDays(1));
        write("req_2");
        clock.advance(Duration.ofDays(1).minusMillis(1));
        repository.enforceAll();
        assertThat(names("req_1")).hasSize(2);
        clock.advance(Duration.ofMillis(1));
        assertThat(names("req_1")).as("before the job runs").isEmpty();
        repository.enforceAll();
        assertThat(rows()).isEqualTo(2);
        assertThat(names("req_2")).hasSize(2);
        administration.updateGroup("team", keep(RetainMode.CONTENT, 1));
        assertThat(rows()).as("fewer days").isZero();
    }

    @Test
    void deletesWithTheGroupHoweverMuchThereIs() {
        group(RetainMode.CONTENT, 30);
        for (int i = 0; i < MANY; i++) {
            write("req_" + i);
        }
        administration.deleteGroup("team");
        assertThat(rows()).isZero();
    }

    /** A deletion that was interrupted: neither the job nor a new group of the same name leaves anything. */
    @Test
    void leavesNothingForAnotherGroupOfTheSameName() {
        group(RetainMode.CONTENT, 30);
        write("req_1");
        database.write(handle -> handle.execute("DELETE FROM caller_groups"));
        group(RetainMode.CONTENT, 30);
        assertThat(names("req_1")).isEmpty();
        write("req_2");
        database.write(handle -> handle.execute("DELETE FROM caller_groups"));
        repository.enforceAll();
        assertThat(rows()).isZero();
    }

    @Test
    void refusesContentWithoutKeyAndOddDays() {
        group(RetainMode.NONE, 30);
        assertThatThrownBy(() -> administration(false).updateGroup("team", keep(RetainMode.CONTENT, 30)))
                .isInstanceOf(AdministrationException.class).hasMessageContaining("retention.key-file");
        assertThat(administration(false).updateGroup("team", keep(RetainMode.METADATA, 365)).retention().days())
                .isEqualTo(365);
        for (int days : new int[]{0, -1, 366}) {
            assertThatThrownBy(() -> administration.updateGroup("team", keep(RetainMode.CONTENT, days)))
                    .isInstanceOf(AdministrationException.class).hasMessageContaining("1 to 365");
        }
    }
}
