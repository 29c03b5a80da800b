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

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.ManualClock;
import dev.retouch.server.policy.RoomLimits;
import dev.retouch.server.store.DatabaseAwayException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Which headers open what. How keys are found in either database is {@link KeysTest}'s matter. */
class AuthenticationTest {

    @RegisterExtension
    final KeyDatabases databases = new KeyDatabases();

    private final SandboxKey sandbox;
    private final ManualClock clock = ManualClock.atSomeTime();
    private Administration administration;
    private SwitchableSource source;
    private Keys keys;
    private IssuedKey issued;

    AuthenticationTest(@TempDir Path dataDir) throws IOException {
        this.sandbox = SandboxKey.of(dataDir, true);
    }

    @BeforeEach
    void open() {
        KeyStore store = new KeyStore(databases.fresh(KeyDatabases.Kind.SQLITE));
        administration = new Administration(store, clock, model -> true, upstream -> true);
        administration.createGroup(new NewGroup("team", GroupChange.NONE));
        issued = administration.createKey(new NewKey("team", "", null, RoomLimits.NONE));
        source = new SwitchableSource(store);
        keys = new Keys(source, clock);
    }

    private Authentication authentication(boolean loopbackOnly) {
        return new Authentication(keys, Optional.of(sandbox), loopbackOnly);
    }

    private Caller identify(String header) {
        return authentication(false).identify(Optional.of(header));
    }

    private ErrorMessage refusal(String header) {
        return Failures.of(() -> identify(header)).message();
    }

    private static Caller of(Group group) {
        return new Caller(ApiKey.made("key_1", "sk", new NewKey(group.name(), "", null, RoomLimits.NONE),
                ManualClock.atSomeTime().instant()), group);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer %s", "bearer %s", "BEARER   %s  ", "  Bearer %s"})
    void aKeyIsKnownHoweverItIsSent(String header) {
        assertThat(identify(header.formatted(issued.secret()))).isEqualTo(new Caller(issued.key(), Group.open("team")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "Basic dXNlcjpwYXNz", "Bearer", "Bearer%s", "%s", "Token %s"})
    void aHeaderWithoutAKeyIsToldWhatToSend(String header) {
        Failures.told(() -> identify(header.formatted(issued.secret())), ErrorMessage.KEY_IS_MISSING, "",
                "No API key was given. Send one in the header 'Authorization: Bearer YOUR_KEY'.");
    }

    @Test
    void noHeaderIsToldWhatToSend() {
        assertThat(Failures.of(() -> authentication(false).identify(Optional.empty())).message())
                .isEqualTo(ErrorMessage.KEY_IS_MISSING);
    }

    @ParameterizedTest
    @ValueSource(strings = {"Bearer sk-wrong", "Bearer %sx", "Bearer x%s", "Bearer sk-retouch-", "Bearer %s %s",
            "Bearer 玫瑰"})
    void aWrongKeyIsRefusedAndNotRepeated(String header) {
        String sent = header.replace("%s", issued.secret());
        ApiException failure = Failures.of(() -> identify(sent));

        assertThat(failure.message()).isEqualTo(ErrorMessage.KEY_IS_WRONG);
        assertThat(Failures.text(failure) + failure + failure.words()).doesNotContain(sent.substring(7));
    }

    @Test
    void aKeyThatNoLongerWorksIsRefusedLikeOneThatNeverDid() {
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
        Caller caller = authentication(true).identify(Optional.of("Bearer " + sandbox.value()));

        assertThat(caller.key().id()).isEqualTo("key_sandbox");
        assertThat(caller.key().group()).isEqualTo("sandbox");
        assertThat(caller.group()).isEqualTo(Group.sandbox(true));
        assertThat(caller.key().prefix()).isEqualTo("sk-sandbox-");
        assertThat(source.reads()).isZero();
    }

    @Test
    void otherKeysNeedTheDatabase() {
        source.goAway(databases.away());
        assertThatThrownBy(() -> identify("Bearer " + issued.secret())).isInstanceOf(DatabaseAwayException.class);
    }

    @Test
    void theSandboxKeyIsForThisMachine() {
        Failures.told(() -> identify("Bearer " + sandbox.value()), ErrorMessage.SANDBOX_KEY_IS_FOR_LOOPBACK, "",
                "The sandbox key works only while the gateway listens on a loopback address."
                        + " Use a key of a configured group.");
    }

    @Test
    void withoutASandboxItsKeyIsWrong() {
        Authentication without = new Authentication(keys, Optional.empty(), true);
        assertThat(Failures.of(() -> without.identify(Optional.of("Bearer " + sandbox.value()))).message())
                .isEqualTo(ErrorMessage.KEY_IS_WRONG);
        assertThat(without.identify(Optional.of("Bearer " + issued.secret())).key()).isEqualTo(issued.key());
    }

    @Test
    void whoMayEditImages() {
        Authentication authentication = authentication(true);
        assertThatCode(() -> authentication.authorize(of(Group.open("team")))).doesNotThrowAnyException();
        assertThatCode(() -> authentication.authorize(of(Group.sandbox(false)))).doesNotThrowAnyException();

        Group without = new GroupChange(null, false, null, null, null, null, null, null).of(Group.open("team"));
        assertThat(Failures.of(() -> authentication.authorize(of(without))).message())
                .isEqualTo(ErrorMessage.IMAGE_GENERATION_IS_DISABLED);
        Group other = new GroupChange("anthropic", false, null, null, null, null, null, null).of(Group.open("team"));
        assertThat(Failures.of(() -> authentication.authorize(of(other))).message()).as("the platform comes first")
                .isEqualTo(ErrorMessage.PLATFORM_IS_NOT_SUPPORTED);
    }
}
