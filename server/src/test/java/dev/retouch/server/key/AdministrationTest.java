package dev.retouch.server.key;

import java.io.IOException;
import java.math.BigDecimal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.billing.BudgetAccounts;
import dev.retouch.server.database.Database;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.key.GroupChange.Normalisation;
import dev.retouch.server.model.MaskMode;
import dev.retouch.server.moderation.ModerationPolicy;
import dev.retouch.server.normalise.NormalisationStep;
import dev.retouch.server.retention.RetainMode;
import dev.retouch.server.retention.RetentionPolicy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ParameterizedClass
@EnumSource(KeyDatabases.Kind.class)
@Tag("slow")
class AdministrationTest {

    private static final AdmissionLimits ROOM = new AdmissionLimits(2, 5, Duration.ofMillis(2500), 60, 90);
    private static final AdmissionLimits LESS_ROOM = new AdmissionLimits(1, null, null, null, null);
    private static final ModerationPolicy MODERATION = new ModerationPolicy(ModerationPolicy.Mode.BLOCK,
            ModerationPolicy.OnFailure.OPEN, Map.of("violence", new BigDecimal("0.25")));
    private static final Set<NormalisationStep> CHANGES = Set.of(NormalisationStep.MASK, NormalisationStep.SIZE);
    private static final GroupChange EVERYTHING = new GroupChange("other", false, List.of("model-b", "model-a"),
            List.of("second", "first"), ROOM, MODERATION, true, true, new Normalisation(CHANGES), MaskMode.STRICT,
            List.of("model-b"), RetainMode.METADATA, 7);

    @RegisterExtension
    final KeyDatabases databases = new KeyDatabases();

    private final KeyDatabases.Kind kind;
    private final ManualClock clock = ManualClock.atSomeTime();
    private Database database;
    private KeyRepository store;
    private Administration administration;

    AdministrationTest(KeyDatabases.Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void open() {
        database = databases.fresh(kind);
        store = new KeyRepository(database);
        administration = new Administration(store, clock, Set.of("model-a", "model-b")::contains,
                Set.of("first", "second")::contains, new BudgetAccounts(clock));
    }

    private Group team() {
        return administration.createGroup(new NewGroup("team", GroupChange.NONE));
    }

    private IssuedKey keyOfTeam() {
        team();
        return administration.createKey(new NewKey("team", "a key", null, ROOM));
    }

    @Test
    void aGroupMayDoEverythingUnlessItIsSaid() {
        assertThat(team()).isEqualTo(Group.open("team"));
        assertThat(administration.group("team")).isEqualTo(Group.open("team"));
    }

    @Test
    void aGroupIsKeptAsItWasGiven() {
        Group group = administration.createGroup(new NewGroup("0.team_of-2", EVERYTHING));

        assertThat(group).isEqualTo(new Group("0.team_of-2", "other", false, List.of("model-b", "model-a"),
                List.of("second", "first"), ROOM, MODERATION, true, true, CHANGES, MaskMode.STRICT,
                List.of("model-b"), new RetentionPolicy(RetainMode.METADATA, 7)));
        assertThat(administration.group("0.team_of-2")).isEqualTo(group);
        team();
        assertThat(administration.groups()).extracting(Group::name).containsExactly("0.team_of-2", "team");
    }

    @Test
    void onlyWhatIsGivenChanges() {
        Group before = administration.createGroup(new NewGroup("team", EVERYTHING));
        assertThat(administration.updateGroup("team", GroupChange.NONE)).isEqualTo(before);

        Group after = administration.updateGroup("team",
                new GroupChange(null, true, List.of(), null, LESS_ROOM, null, null, null));
        assertThat(after).isEqualTo(new Group("team", "other", true, List.of(), List.of("second", "first"), LESS_ROOM,
                MODERATION, true, true, CHANGES, MaskMode.STRICT, List.of("model-b"),
                new RetentionPolicy(RetainMode.METADATA, 7)));
        assertThat(administration.group("team")).isEqualTo(after);
    }

    /** No changes to images, and the changes that the settings choose, are different things. */
    @Test
    void changesToImagesMayBeNoneOrThoseOfTheSettings() {
        administration.createGroup(new NewGroup("team", EVERYTHING));

        administration.updateGroup("team", normalised(new Normalisation(Set.of())));
        assertThat(administration.group("team").normalise()).isEmpty();
        administration.updateGroup("team", normalised(new Normalisation(null)));
        assertThat(administration.group("team").normalise()).isNull();
    }

    private static GroupChange normalised(Normalisation normalisation) {
        return new GroupChange(null, null, null, null, null, null, null, null, normalisation);
    }

    @Test
    void changesGroupWithRemovedModel() {
        administration.createGroup(new NewGroup("team", EVERYTHING));
        Administration later = new Administration(store, clock, model -> false, upstream -> false,
                new BudgetAccounts(clock));
        assertThat(later.updateGroup("team", new GroupChange(null, null, null, null, null, null, false, null)).free())
                .isFalse();
    }

    @Test
    void aGroupIsDeletedWhenItsKeysAreRevoked() {
        IssuedKey issued = keyOfTeam();
        AdministrationFailures.assertFails(() -> administration.deleteGroup("team"),
                AdministrationException.Kind.CONFLICT, "name", "has keys that are not revoked (1). Revoke them first.");
        administration.revokeKey(issued.key().id());
        administration.deleteGroup("team");

        assertThat(administration.groups()).isEmpty();
        assertThat(administration.keys()).isEmpty();
    }

    @Test
    void aKeyIsKeptAsItWasMade() {
        team();
        Instant expires = clock.instant().plus(Duration.ofDays(30));
        IssuedKey issued = administration.createKey(new NewKey("team", "für 玫瑰", expires, ROOM));

        assertThat(issued.secret()).matches("sk-retouch-[0-9A-Za-z]{40}");
        assertThat(issued.key().id()).matches("key_[0-9A-Za-z]{16}");
        assertThat(issued.key()).isEqualTo(new ApiKey(issued.key().id(), issued.key().id(), "team", "für 玫瑰",
                issued.secret().substring(0, 15), ROOM, clock.instant(), expires, false, null, null));
        assertThat(administration.key(issued.key().id())).isEqualTo(issued.key());
    }

    @Test
    void keysAreListedTheOldestFirst() {
        ApiKey first = keyOfTeam().key();
        administration.createGroup(new NewGroup("another", GroupChange.NONE));
        clock.advance(Duration.ofSeconds(1));
        ApiKey second = administration.createKey(new NewKey("another", "", null, AdmissionLimits.NONE)).key();
        clock.advance(Duration.ofSeconds(1));
        ApiKey third = administration.createKey(new NewKey("team", "", null, AdmissionLimits.NONE)).key();

        assertThat(administration.keys()).containsExactly(first, second, third);
        assertThat(administration.keys("team")).containsExactly(first, third);
    }

    @Test
    void aKeyChangesInWhatIsGiven() {
        ApiKey before = keyOfTeam().key();
        assertThat(administration.updateKey(before.id(), KeyChange.NONE)).isEqualTo(before);

        Instant soon = clock.instant().plusSeconds(9);
        ApiKey after = administration.updateKey(before.id(),
                new KeyChange("new label", true, new KeyChange.Expiry(soon), LESS_ROOM));
        assertThat(after)
                .isEqualTo(new ApiKey(before.id(), before.id(), "team", "new label", before.prefix(), LESS_ROOM,
                        before.created(), soon, true, null, null));
        assertThat(administration.key(before.id())).isEqualTo(after);

        assertThat(administration.updateKey(before.id(), new KeyChange(null, null, KeyChange.Expiry.NEVER, null))
                .expires()).isNull();
    }

    @Test
    void revokingIsForGood() {
        ApiKey key = keyOfTeam().key();
        Instant then = clock.instant();
        assertThat(administration.revokeKey(key.id()).revoked()).isEqualTo(then);
        clock.advance(Duration.ofSeconds(1));
        assertThat(administration.revokeKey(key.id()).revoked()).as("a second time").isEqualTo(then);

        AdministrationFailures.assertFails(() -> administration.updateKey(key.id(), KeyChange.NONE),
                AdministrationException.Kind.CONFLICT, "id", "is revoked permanently. Create a new key.");
        AdministrationFailures.assertFails(() -> administration.rotateKey(key.id(), Duration.ZERO),
                AdministrationException.Kind.CONFLICT, "id", "is revoked permanently. Create a new key.");
    }

    @Test
    void rotationWithGraceLetsBothWorkForAWhile() {
        IssuedKey old = keyOfTeam();
        KeyCache keys = new KeyCache(store, clock);
        IssuedKey next = administration.rotateKey(old.key().id(), Duration.ofHours(1));

        assertThat(next.key())
                .isEqualTo(new ApiKey(next.key().id(), old.key().id(), "team", "a key", next.key().prefix(), ROOM,
                        clock.instant(), null, false, null, null));
        assertThat(next.key().id()).isNotEqualTo(old.key().id());
        assertThat(next.secret()).isNotEqualTo(old.secret()).startsWith(next.key().prefix());
        clock.advance(Duration.ofHours(1).minusMillis(1));
        assertThat(keys.find(old.secret())).isPresent();
        assertThat(keys.find(next.secret())).isPresent();
        clock.advance(Duration.ofMillis(1));
        assertThat(keys.find(old.secret())).isEmpty();
        assertThat(keys.find(next.secret())).isPresent();
    }

    @Test
    void rotationWithoutGraceEndsTheOldKeyAtOnce() {
        IssuedKey old = keyOfTeam();
        KeyCache keys = new KeyCache(store, clock);
        assertThat(keys.find(old.secret())).isPresent();
        IssuedKey next = administration.rotateKey(old.key().id(), Duration.ZERO);

        assertThat(keys.find(old.secret())).isEmpty();
        assertThat(keys.find(next.secret())).isPresent();
        assertThat(administration.key(old.key().id()).revoked()).isEqualTo(clock.instant());
    }

    @Test
    void rotationDoesNotProlongAKey() {
        team();
        Instant expires = clock.instant().plusSeconds(60);
        ApiKey old = administration.createKey(new NewKey("team", "", expires, ROOM)).key();
        IssuedKey next = administration.rotateKey(old.id(), Duration.ofHours(1));

        assertThat(administration.key(old.id()).expires()).isEqualTo(expires);
        assertThat(next.key().expires()).isEqualTo(expires);
        clock.advance(Duration.ofSeconds(60));
        AdministrationFailures.assertFails(() -> administration.rotateKey(old.id(), Duration.ZERO),
                AdministrationException.Kind.CONFLICT, "id", "has expired. Create a new key.");
    }

    @Test
    void onlyChangesIncreaseTheVersion() {
        long before = store.version();
        String id = keyOfTeam().key().id();
        administration.updateGroup("team", GroupChange.NONE);
        administration.updateKey(id, KeyChange.NONE);
        String next = administration.rotateKey(id, Duration.ZERO).key().id();
        administration.revokeKey(next);
        administration.deleteGroup("team");
        assertThat(store.version()).isEqualTo(before + 7);
        assertThat(store.newestVersion()).isEqualTo(before + 7);

        assertThatThrownBy(() -> administration.group("team")).isInstanceOf(AdministrationException.class);
        assertThatThrownBy(() -> administration.deleteGroup("team")).isInstanceOf(AdministrationException.class);
        assertThat(store.version()).isEqualTo(before + 7);
    }

    @Test
    void theDatabaseHoldsHashesOnly() throws IOException {
        IssuedKey issued = keyOfTeam();
        String all = databases.dump(database);

        assertThat(all).contains(KeySecret.hashOf(issued.secret())).contains(issued.key().prefix());
        assertThat(all).as("more than the visible prefix").doesNotContain(issued.secret().substring(0, 16))
                .doesNotContain(issued.secret().substring(15));
    }

    @Test
    void aDamagedRowIsNamed() {
        ApiKey key = keyOfTeam().key();
        int damaged = database.write(handle -> handle
                .execute("UPDATE caller_groups SET room = '{\"concurrent_edit\":1}' WHERE name = 'team'"));
        assertThat(damaged).isEqualTo(1);
        assertThatThrownBy(() -> administration.group("team")).isInstanceOf(IllegalStateException.class)
                .hasMessageStartingWith("the row 'team' of the table caller_groups is damaged: its column room: ")
                .hasMessageContaining("concurrent_edit");
        assertThat(administration.key(key.id())).isEqualTo(key);
    }
}
