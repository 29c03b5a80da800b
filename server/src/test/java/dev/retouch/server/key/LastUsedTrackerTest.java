package dev.retouch.server.key;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.billing.BudgetAccounts;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;

@ParameterizedClass
@EnumSource(KeyDatabases.Kind.class)
@Tag("slow")
class LastUsedTrackerTest {

    private static final Duration MOMENT = Duration.ofMillis(1);

    @RegisterExtension
    final KeyDatabases databases = new KeyDatabases();

    private final KeyDatabases.Kind kind;
    private final ManualClock clock = ManualClock.atSomeTime();
    private Administration administration;
    private SwitchableSource source;
    private KeyCache keys;
    private IssuedKey issued;

    LastUsedTrackerTest(KeyDatabases.Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void open() {
        KeyRepository store = new KeyRepository(databases.fresh(kind));
        administration = new Administration(store, clock, model -> true, upstream -> true, new BudgetAccounts(clock));
        administration.createGroup(new NewGroup("team", GroupChange.NONE));
        issued = administration.createKey(new NewKey("team", "", null, AdmissionLimits.NONE));
        source = new SwitchableSource(store);
        keys = new KeyCache(source, clock);
    }

    private Optional<ApiPrincipal> find() {
        return keys.find(issued.secret());
    }

    private Instant lastUsed() {
        Instant used = administration.key(issued.key().id()).lastUsed();
        return used == null ? Instant.EPOCH : used;
    }

    @Test
    void theLastUseIsWrittenOnceAMinute() {
        assertThat(find()).isPresent();
        assertThat(lastUsed()).as("not by the request").isEqualTo(Instant.EPOCH);
        Instant first = clock.instant();
        keys.flushUses();
        assertThat(lastUsed()).isEqualTo(first);

        clock.advance(Duration.ofSeconds(60).minus(MOMENT));
        assertThat(find()).isPresent();
        keys.flushUses();
        assertThat(lastUsed()).isEqualTo(first);
        assertThat(source.writes()).isEqualTo(1);

        clock.advance(MOMENT);
        assertThat(find()).isPresent();
        keys.flushUses();
        assertThat(lastUsed()).isEqualTo(first.plusSeconds(60));
        assertThat(source.writes()).isEqualTo(2);
    }

    @Test
    void aUseIsNoChange() {
        assertThat(find()).isPresent();
        keys.flushUses();
        keys.refresh();
        assertThat(find()).isPresent();
        assertThat(source.reads()).as("still remembered").isEqualTo(1);
    }

    @Test
    void aWrongUseIsNoUse() {
        administration.updateKey(issued.key().id(), new KeyChange(null, true, null, null));
        assertThat(find()).isEmpty();
        keys.flushUses();
        assertThat(source.writes()).isZero();
    }

    @Test
    void aUseIsKeptUntilItCanBeWritten() {
        assertThat(find()).isPresent();
        Instant used = clock.instant();
        source.goAway(databases.away());
        keys.flushUses();
        source.comeBack();
        clock.advance(Duration.ofSeconds(30));
        keys.flushUses();
        assertThat(lastUsed()).isEqualTo(used);
    }

    @Test
    void anEarlierUseDoesNotHideALaterOne() {
        Instant later = clock.instant().plusSeconds(20);
        new KeyRepository(databases.again()).writeUses(Map.of(issued.key().id(), later));
        assertThat(find()).isPresent();
        keys.flushUses();
        assertThat(lastUsed()).isEqualTo(later);
    }
}
