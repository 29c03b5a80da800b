package dev.retouch.server.key;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.billing.BudgetAccounts;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Accepted and rejected headers. {@link KeyCacheTest} covers how keys are found in each database. */
class AuthenticatorTest {

    @RegisterExtension
    final KeyDatabases databases = new KeyDatabases();

    private final SandboxKey sandbox;
    private final ManualClock clock = ManualClock.atSomeTime();
    private Administration administration;
    private SwitchableSource source;
    private KeyCache keys;
    private IssuedKey issued;

    AuthenticatorTest(@TempDir Path dataDir) throws IOException {
        this.sandbox = SandboxKey.of(dataDir, Group.sandbox(true, 8));
    }

    @BeforeEach
    void open() {
        KeyRepository store = new KeyRepository(databases.fresh(KeyDatabases.Kind.SQLITE));
        administration = new Administration(store, clock, model -> true, upstream -> true, new BudgetAccounts(clock));
        administration.createGroup(new NewGroup("team", GroupChange.NONE));
        issued = administration.createKey(new NewKey("team", "", null, AdmissionLimits.NONE));
        source = new SwitchableSource(store);
        keys = new KeyCache(source, clock);
    }

    private Authenticator authentication(boolean loopbackOnly) {
        return new Authenticator(keys, Optional.of(sandbox), loopbackOnly);
    }

    private ApiPrincipal identify(String header) {
        return authentication(false).identify(Optional.of(header), true);
    }

    private ErrorMessage refusal(String header) {
        return Failures.of(() -> identify(header)).message();
    }

    private static ApiPrincipal of(Group group) {
        return new ApiPrincipal(ApiKey.made("key_1", "sk", new NewKey(group.name(), "", null, AdmissionLimits.NONE),
                ManualClock.atSomeTime().instant()), group);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer %s", "bearer %s", "BEARER   %s  ", "  Bearer %s"})
    void aKeyIsKnownHoweverItIsSent(String header) {
        assertThat(identify(header.formatted(issued.secret())))
                .isEqualTo(new ApiPrincipal(issued.key(), Group.open("team")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Basic dXNlcjpwYXNz", "Bearer", "Bearer%s", "%s", "Token %s"})
    void headerWithoutKeyIsRefusedWithTheExpectedForm(String header) {
        Failures.assertRefused(() -> identify(header.formatted(issued.secret())), ErrorMessage.KEY_IS_MISSING, "",
                "No API key was given. Send it in the header 'Authorization: Bearer YOUR_KEY'.");
    }

    @Test
    void missingHeaderIsRefusedWithTheExpectedForm() {
        assertThat(Failures.of(() -> authentication(false).identify(Optional.empty(), true)).message())
                .isEqualTo(ErrorMessage.KEY_IS_MISSING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-wrong", "Bearer %sx", "Bearer x%s", "Bearer sk-retouch-", "Bearer %s %s",
            "Bearer 玫瑰"})
    void aWrongKeyIsRefusedAndNotRepeated(String header) {
        String sent = header.replace("%s", issued.secret());
        ApiException failure = Failures.of(() -> identify(sent));

        assertThat(failure.message()).isEqualTo(ErrorMessage.KEY_IS_WRONG);
        assertThat(Failures.text(failure) + failure + failure.arguments()).doesNotContain(sent.substring(7));
    }

    @Test
    void refusesRevokedAndUnknownKeysAlike() {
        String header = "Bearer " + issued.secret();
        String id = issued.key().id();
        administration.updateKey(id, new KeyChange(null, true, null, null));
        assertThat(refusal(header)).as("switched off").isEqualTo(ErrorMessage.KEY_IS_WRONG);
        administration.updateKey(id,
                new KeyChange(null, false, new KeyChange.Expiry(clock.instant().plusSeconds(1)), null));
        assertThat(identify(header).key().id()).isEqualTo(id);
        clock.advance(Duration.ofSeconds(1));
        assertThat(refusal(header)).as("expired").isEqualTo(ErrorMessage.KEY_IS_WRONG);
        administration.updateKey(id, new KeyChange(null, null, KeyChange.Expiry.NEVER, null));
        assertThat(identify(header).key().id()).isEqualTo(id);
        administration.revokeKey(id);
        assertThat(refusal(header)).as("revoked").isEqualTo(ErrorMessage.KEY_IS_WRONG);
    }

    @Test
    void theSandboxKeyNeedsNoDatabase() {
        source.goAway(databases.away());
        ApiPrincipal caller = authentication(true).identify(Optional.of("Bearer " + sandbox.value()), true);

        assertThat(caller.key().id()).isEqualTo("key_sandbox");
        assertThat(caller.key().group()).isEqualTo("sandbox");
        assertThat(caller.group()).isEqualTo(Group.sandbox(true, 8));
        assertThat(caller.key().prefix()).isEqualTo("sk-sandbox-");
        assertThat(source.reads()).isZero();
    }

    @Test
    void otherKeysNeedTheDatabase() {
        source.goAway(databases.away());
        assertThatThrownBy(() -> identify("Bearer " + issued.secret()))
                .isInstanceOf(DatabaseUnavailableException.class);
    }

    @Test
    void theSandboxKeyIsForThisMachine() {
        Failures.assertRefused(() -> identify("Bearer " + sandbox.value()), ErrorMessage.SANDBOX_KEY_IS_FOR_LOOPBACK,
                "",
                "The sandbox key works only on the machine of the gateway, without a proxy or public-url."
                        + " Use a key of a configured group.");
        assertThat(Failures.of(
                () -> authentication(true).identify(Optional.of("Bearer " + sandbox.value()), false)).message())
                .isEqualTo(ErrorMessage.SANDBOX_KEY_IS_FOR_LOOPBACK);
    }

    @Test
    void withoutASandboxItsKeyIsWrong() {
        Authenticator without = new Authenticator(keys, Optional.empty(), true);
        assertThat(Failures.of(() -> without.identify(Optional.of("Bearer " + sandbox.value()), true)).message())
                .isEqualTo(ErrorMessage.KEY_IS_WRONG);
        assertThat(without.identify(Optional.of("Bearer " + issued.secret()), true).key()).isEqualTo(issued.key());
    }

    @Test
    void checksGroupsPermission() {
        Authenticator authentication = authentication(true);
        assertThatCode(() -> authentication.authorize(of(Group.open("team")))).doesNotThrowAnyException();
        assertThatCode(() -> authentication.authorize(of(Group.sandbox(false, 8)))).doesNotThrowAnyException();

        Group without = new GroupChange(null, false, null, null, null, null, null, null).of(Group.open("team"));
        assertThat(Failures.of(() -> authentication.authorize(of(without))).message())
                .isEqualTo(ErrorMessage.IMAGE_GENERATION_IS_DISABLED);
        Group other = new GroupChange("anthropic", false, null, null, null, null, null, null).of(Group.open("team"));
        assertThat(Failures.of(() -> authentication.authorize(of(other))).message()).as("the platform comes first")
                .isEqualTo(ErrorMessage.PLATFORM_IS_NOT_SUPPORTED);
    }
}
