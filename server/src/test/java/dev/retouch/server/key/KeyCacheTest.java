package dev.retouch.server.key;

import java.time.Duration;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.billing.BudgetAccounts;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ParameterizedClass
@EnumSource(KeyDatabases.Kind.class)
@Tag("slow")
class KeyCacheTest {

    private static final Duration MOMENT = Duration.ofMillis(1);
    private static final Duration TRUST = Duration.ofSeconds(5);
    private static final String STRANGER = "sk-retouch-0000000000000000000000000000000000000000";

    @RegisterExtension
    final KeyDatabases databases = new KeyDatabases();

    private final KeyDatabases.Kind kind;
    private final ManualClock clock = ManualClock.atSomeTime();
    private Administration administration;
    private SwitchableSource source;
    private KeyCache keys;
    private IssuedKey issued;

    KeyCacheTest(KeyDatabases.Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void open() {
        KeyRepository store = new KeyRepository(databases.fresh(kind));
        administration = administration(store);
        administration.createGroup(new NewGroup("team", GroupChange.NONE));
        issued = administration.createKey(new NewKey("team", "", null, AdmissionLimits.NONE));
        source = new SwitchableSource(store);
        keys = new KeyCache(source, clock);
    }

    private Administration administration(KeyRepository store) {
        return new Administration(store, clock, model -> true, upstream -> true, new BudgetAccounts(clock));
    }

    /** Returns the administration of another process, such as the command line. */
    private Administration elsewhere() {
        return administration(new KeyRepository(databases.again()));
    }

    private Optional<ApiPrincipal> find() {
        return keys.find(issued.secret());
    }

    @Test
    void aKeyIsFoundWithItsGroup() {
        assertThat(find()).contains(new ApiPrincipal(issued.key(), Group.open("team")));
        assertThat(keys.find(issued.secret() + "x")).isEmpty();
        assertThat(keys.find(issued.secret().substring(1))).isEmpty();
        assertThat(keys.find(KeySecret.hashOf(issued.secret()))).as("its hash is no key").isEmpty();
    }

    @Test
    void onlyTheFirstRequestReadsTheDatabase() {
        for (int i = 0; i < 100; i++) {
            assertThat(find()).isPresent();
        }
        assertThat(source.reads()).isEqualTo(1);
    }

    @Test
    void aWrongKeyIsReadOnceToo() {
        for (int i = 0; i < 100; i++) {
            assertThat(keys.find(STRANGER)).isEmpty();
        }
        assertThat(source.reads()).isEqualTo(1);
    }

    @Test
    void doesNotLookUpMalformedKeys() {
        assertThat(keys.find("")).isEmpty();
        assertThat(keys.find("sk-short")).isEmpty();
        assertThat(keys.find("x".repeat(5000))).isEmpty();
        assertThat(source.reads()).isZero();
    }

    @Test
    void aKeyRevokedHereIsRefusedAtOnce() {
        assertThat(find()).isPresent();
        administration.revokeKey(issued.key().id());
        assertThat(find()).isEmpty();
        assertThat(find()).isEmpty();
        assertThat(source.reads()).as("remembered as revoked").isEqualTo(2);
    }

    @Test
    void refusesKeyRevokedElsewhereAfterRefresh() {
        assertThat(find()).isPresent();
        elsewhere().revokeKey(issued.key().id());
        keys.refresh();
        assertThat(find()).isEmpty();
    }

    @Test
    void otherInstancesHearOfItFromTheDatabaseToo() {
        KeyCache other = new KeyCache(new KeyRepository(databases.again()), clock);
        assertThat(other.find(issued.secret())).isPresent();
        administration.revokeKey(issued.key().id());
        assertThat(find()).as("here, at once").isEmpty();
        other.refresh();
        assertThat(other.find(issued.secret())).as("there").isEmpty();
    }

    @Test
    void aKeyMadeElsewhereWorksAfterTheNextRefresh() {
        assertThat(keys.find(STRANGER)).isEmpty();
        new BootstrapKeyInstaller(new KeyRepository(databases.again()), clock, new BudgetAccounts(clock))
                .ensure(STRANGER);
        keys.refresh();
        assertThat(keys.find(STRANGER)).isPresent();
    }

    @Test
    void aDeletedGroupTakesItsRevokedKeysAlong() {
        assertThat(find()).isPresent();
        administration.revokeKey(issued.key().id());
        administration.deleteGroup("team");
        for (int i = 0; i < 10; i++) {
            assertThat(find()).isEmpty();
        }
        assertThat(source.reads()).as("remembered as unknown").isEqualTo(2);
    }

    @Test
    void aKeyIsSwitchedOffAndOn() {
        assertThat(find()).isPresent();
        administration.updateKey(issued.key().id(), new KeyChange(null, true, null, null));
        assertThat(find()).isEmpty();
        administration.updateKey(issued.key().id(), new KeyChange(null, false, null, null));
        assertThat(find()).isPresent();
    }

    @Test
    void groupChangeInvalidatesItsKeys() {
        assertThat(find()).isPresent();
        administration.updateGroup("team", new GroupChange(null, false, null, null, null, null, null, null));
        assertThat(find()).hasValueSatisfying(caller -> assertThat(caller.group().imagePermission()).isFalse());
    }

    /** A result that was read before a revocation must not be cached with the newer version. */
    @Test
    void slowLookupDoesNotRestoreRevokedKey() {
        source.meanwhile(() -> administration.revokeKey(issued.key().id()));
        assertThat(find()).as("asked before it was revoked").isPresent();
        assertThat(find()).isEmpty();
    }

    @Test
    void aRememberedKeyExpiresOnTime() {
        KeyChange.Expiry soon = new KeyChange.Expiry(clock.instant().plusSeconds(3));
        administration.updateKey(issued.key().id(), new KeyChange(null, null, soon, null));
        assertThat(find()).isPresent();
        clock.advance(Duration.ofSeconds(3).minus(MOMENT));
        assertThat(find()).isPresent();
        clock.advance(MOMENT);
        assertThat(find()).isEmpty();
        assertThat(source.reads()).as("nobody asked the database").isEqualTo(1);
    }

    @Test
    void cachesKeysForFiveSecondsDuringAnOutage() {
        keys.refresh();
        assertThat(find()).isPresent();
        DatabaseUnavailableException failure = databases.away();
        source.goAway(failure);
        clock.advance(TRUST);
        keys.refresh();
        assertThat(find()).isPresent();
        assertThatThrownBy(() -> keys.find(STRANGER)).isSameAs(failure);

        clock.advance(MOMENT);
        keys.refresh();
        assertThatThrownBy(this::find).isSameAs(failure);
    }

    @Test
    void whenTheDatabaseIsBackSoAreTheKeys() {
        assertThat(find()).isPresent();
        source.goAway(databases.away());
        clock.advance(TRUST.plus(MOMENT));
        assertThatThrownBy(this::find).isInstanceOf(DatabaseUnavailableException.class);
        elsewhere().revokeKey(issued.key().id());
        source.comeBack();
        keys.refresh();
        assertThat(find()).as("revoked in the meantime").isEmpty();
    }

    @Test
    void requestsDoNotWaitDuringAKnownOutage() {
        source.goAway(databases.away());
        keys.refresh();
        for (int i = 0; i < 10; i++) {
            assertThatThrownBy(this::find).isInstanceOf(DatabaseUnavailableException.class);
        }
        assertThat(source.reads()).isZero();
    }

    @Test
    void lookupReadsAgainIfNoRefreshHappens() {
        source.goAway(databases.away());
        assertThatThrownBy(this::find).isInstanceOf(DatabaseUnavailableException.class);
        source.comeBack();
        assertThatThrownBy(this::find).isInstanceOf(DatabaseUnavailableException.class);
        clock.advance(Duration.ofSeconds(15));
        assertThat(find()).isPresent();
        assertThat(source.reads()).isEqualTo(2);
    }

    @Test
    void lateRefreshCausesAReadAndNoRefusal() {
        assertThat(find()).isPresent();
        clock.advance(Duration.ofMinutes(1));
        assertThat(find()).isPresent();
        assertThat(find()).isPresent();
        assertThat(source.reads()).isEqualTo(2);
    }

    @Test
    void aClockThatIsSetBackMakesNothingFresh() {
        assertThat(find()).isPresent();
        clock.advance(Duration.ofHours(-1));
        elsewhere().revokeKey(issued.key().id());
        assertThat(find()).isEmpty();
    }
}
