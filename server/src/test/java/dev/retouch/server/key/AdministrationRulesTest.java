package dev.retouch.server.key;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.billing.BudgetAccounts;
import dev.retouch.server.fixture.ManualClock;

import static dev.retouch.server.key.AdministrationException.Kind.CONFLICT;
import static dev.retouch.server.key.AdministrationException.Kind.INVALID;
import static dev.retouch.server.key.AdministrationException.Kind.NOT_FOUND;
import static org.assertj.core.api.Assertions.assertThat;

/**
 * Rejected arguments of administrative operations and their messages. The rules do not depend on the database, so the
 * tests use SQLite only.
 */
class AdministrationRulesTest {

    private static final String MISTAKEN = "sk-retouch-0123456789abcdefghijABCDEFGHIJ0123456789";

    @RegisterExtension
    final KeyDatabases databases = new KeyDatabases();

    private final ManualClock clock = ManualClock.atSomeTime();
    private KeyRepository store;
    private Administration administration;
    private ApiKey key;

    @BeforeEach
    void open() {
        store = new KeyRepository(databases.fresh(KeyDatabases.Kind.SQLITE));
        administration = new Administration(store, clock, Set.of("model-a")::contains, Set.of("first")::contains,
                new BudgetAccounts(clock));
        administration.createGroup(new NewGroup("team", GroupChange.NONE));
        key = administration.createKey(new NewKey("team", "a key", null, AdmissionLimits.NONE)).key();
    }

    private ThrowingCallable creating(GroupChange settings) {
        return () -> administration.createGroup(new NewGroup("another", settings));
    }

    private ThrowingCallable changing(GroupChange settings) {
        return () -> administration.updateGroup("team", settings);
    }

    private ThrowingCallable making(String group, String label, @Nullable Instant expires, AdmissionLimits limits) {
        return () -> administration.createKey(new NewKey(group, label, expires, limits));
    }

    private static GroupChange models(String... models) {
        return new GroupChange(null, null, List.of(models), null, null, null, null, null);
    }

    private static GroupChange upstreams(String... upstreams) {
        return new GroupChange(null, null, null, List.of(upstreams), null, null, null, null);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Team", "-team", ".team", "_team", "my team", "te/am", "teäm", "team\n"})
    void aNameThatIsNone(String name) {
        String end = "of which the first is a letter or a digit.";
        AdministrationFailures.assertFails(() -> administration.createGroup(new NewGroup(name, GroupChange.NONE)),
                INVALID,
                "name", end);
        AdministrationFailures.assertFails(() -> administration.updateGroup(name, GroupChange.NONE), INVALID, "name",
                end);
        AdministrationFailures.assertFails(() -> administration.deleteGroup(name), INVALID, "name", end);
        AdministrationFailures.assertFails(() -> administration.group(name), INVALID, "name", end);
        AdministrationFailures.assertFails(() -> administration.keys(name), INVALID, "group", end);
        AdministrationFailures.assertFails(making(name, "", null, AdmissionLimits.NONE), INVALID, "group", end);
    }

    @Test
    void aNameHas63CharactersAtMost() {
        administration.createGroup(new NewGroup("a".repeat(63), GroupChange.NONE));
        AdministrationFailures.assertFails(
                () -> administration.createGroup(new NewGroup("a".repeat(64), GroupChange.NONE)), INVALID, "name",
                "of which the first is a letter or a digit.");
    }

    @Test
    void aNameThatIsTaken() {
        AdministrationFailures.assertFails(() -> administration.createGroup(new NewGroup("team", GroupChange.NONE)),
                CONFLICT,
                "name", "There is a group 'team' already. Choose another name, or change that group.");
        AdministrationFailures.assertFails(() -> administration.createGroup(new NewGroup("sandbox", GroupChange.NONE)),
                INVALID, "name",
                "The name 'sandbox' is reserved for the group of the sandbox key. Choose another name.");
    }

    @Test
    void aGroupThatIsNotThere() {
        String message = "There is no group 'nobody'. List the groups to see their names.";
        AdministrationFailures.assertFails(() -> administration.group("nobody"), NOT_FOUND, "name", message);
        AdministrationFailures.assertFails(() -> administration.updateGroup("nobody", GroupChange.NONE), NOT_FOUND,
                "name",
                message);
        AdministrationFailures.assertFails(() -> administration.deleteGroup("nobody"), NOT_FOUND, "name", message);
        AdministrationFailures.assertFails(() -> administration.keys("nobody"), NOT_FOUND, "group", message);
        AdministrationFailures.assertFails(making("nobody", "", null, AdmissionLimits.NONE), NOT_FOUND, "group",
                message);
        assertThat(administration.keys()).containsExactly(key);
    }

    @Test
    void aKeyThatIsNotThere() {
        String message = "There is no key 'key_nobody'. List the keys to see their ids.";
        AdministrationFailures.assertFails(() -> administration.key("key_nobody"), NOT_FOUND, "id", message);
        AdministrationFailures.assertFails(() -> administration.updateKey("key_nobody", KeyChange.NONE), NOT_FOUND,
                "id",
                message);
        AdministrationFailures.assertFails(() -> administration.revokeKey("key_nobody"), NOT_FOUND, "id", message);
        AdministrationFailures.assertFails(() -> administration.rotateKey("key_nobody", Duration.ZERO), NOT_FOUND, "id",
                message);
    }

    @Test
    void errorDoesNotQuoteAMisplacedKey() {
        String id = "An id of a key begins with 'key_'. List the keys to see their ids.";
        assertThat(List.of(
                AdministrationFailures.assertFails(() -> administration.key(MISTAKEN), INVALID, "id", id),
                AdministrationFailures.assertFails(() -> administration.revokeKey(MISTAKEN), INVALID, "id", id),
                AdministrationFailures.assertFails(() -> administration.updateKey(MISTAKEN, KeyChange.NONE), INVALID,
                        "id",
                        id),
                AdministrationFailures.assertFails(() -> administration.rotateKey(MISTAKEN, Duration.ZERO), INVALID,
                        "id", id),
                AdministrationFailures.assertFails(() -> administration.keys(MISTAKEN), INVALID, "group",
                        "or a digit."),
                AdministrationFailures.assertFails(creating(models(MISTAKEN)), INVALID, "models",
                        "that is configured.")))
                .noneMatch(message -> message.contains(MISTAKEN));
    }

    @Test
    void refusesUnknownModelsAndUpstreams() {
        String model = "There is no model 'model-b'. Name one that is configured.";
        AdministrationFailures.assertFails(creating(models("model-a", "model-b")), INVALID, "models", model);
        AdministrationFailures.assertFails(changing(models("model-a", "model-b")), INVALID, "models", model);
        String upstream = "There is no upstream 'second'. Name one that is configured.";
        AdministrationFailures.assertFails(creating(upstreams("second")), INVALID, "upstreams", upstream);
        AdministrationFailures.assertFails(changing(upstreams("second")), INVALID, "upstreams", upstream);
        AdministrationFailures.assertFails(changing(upstreams("first", "first")), INVALID, "upstreams",
                "The upstream 'first' is named twice. Name it once.");
        assertThat(administration.group("team")).isEqualTo(Group.open("team"));
    }

    @Test
    void aPlatformThatIsNone() {
        AdministrationFailures.assertFails(
                creating(new GroupChange("Open AI", null, null, null, null, null, null, null)),
                INVALID, "platform", "A platform is named like a group, for example 'openai'.");
    }

    @Test
    void refusesQueueWaitAboveAnHour() {
        AdmissionLimits hour = new AdmissionLimits(null, null, Duration.ofHours(1), null, null);
        AdmissionLimits more = new AdmissionLimits(null, null, Duration.ofHours(1).plusMillis(1), null, null);
        String message = "queue_wait_seconds must be at most 3600.";
        assertThat(administration.updateKey(key.id(), new KeyChange(null, null, null, hour)).limits()).isEqualTo(hour);
        AdministrationFailures.assertFails(making("team", "", null, more), INVALID, "limits", message);
        AdministrationFailures.assertFails(
                () -> administration.updateKey(key.id(), new KeyChange(null, null, null, more)),
                INVALID, "limits", message);
        AdministrationFailures.assertFails(changing(new GroupChange(null, null, null, null, more, null, null, null)),
                INVALID,
                "limits", message);
    }

    @ParameterizedTest
    @ValueSource(strings = {"two\nlines", "a\ttab", "a\u0000zero",
            "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789x"})
    void aLabelThatIsNone(String label) {
        String message = "A label is one line of at most 100 characters.";
        AdministrationFailures.assertFails(making("team", label, null, AdmissionLimits.NONE), INVALID, "label",
                message);
        AdministrationFailures.assertFails(
                () -> administration.updateKey(key.id(), new KeyChange(label, null, null, null)),
                INVALID, "label", message);
    }

    @Test
    void anExpiryThatIsNone() {
        String past = "The key would have expired already. Give a time to come, or revoke the key to end it now.";
        String far = "The key would expire after the year 9999. Give an earlier time, or none for a key that stays.";
        Instant now = clock.instant();
        AdministrationFailures.assertFails(making("team", "", now, AdmissionLimits.NONE), INVALID, "expires", past);
        AdministrationFailures.assertFails(making("team", "", Instant.MAX, AdmissionLimits.NONE), INVALID, "expires",
                far);
        AdministrationFailures.assertFails(
                () -> administration.updateKey(key.id(), new KeyChange(null, null, new KeyChange.Expiry(now), null)),
                INVALID, "expires", past);
    }

    @Test
    void aGraceThatIsNone() {
        String message = "no less than zero and no more than 90 days. Give zero to end it at once.";
        AdministrationFailures.assertFails(() -> administration.rotateKey(key.id(), Duration.ofMillis(-1)), INVALID,
                "grace",
                message);
        AdministrationFailures.assertFails(() -> administration.rotateKey(key.id(), Duration.ofDays(90).plusMillis(1)),
                INVALID, "grace", message);
        assertThat(administration.keys()).containsExactly(key);
    }
}
