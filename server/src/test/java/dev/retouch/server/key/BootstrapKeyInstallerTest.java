package dev.retouch.server.key;

import java.io.IOException;
import java.util.Optional;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

import dev.retouch.server.billing.BudgetAccounts;
import dev.retouch.server.database.Database;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

@ParameterizedClass
@EnumSource(KeyDatabases.Kind.class)
@Tag("slow")
class BootstrapKeyInstallerTest {

    private static final String VALUE = "purple-horse-battery-staple";

    @RegisterExtension
    final KeyDatabases databases = new KeyDatabases();

    private final KeyDatabases.Kind kind;
    private final ManualClock clock = ManualClock.atSomeTime();
    private Database database;
    private KeyRepository store;
    private Administration administration;

    BootstrapKeyInstallerTest(KeyDatabases.Kind kind) {
        this.kind = kind;
    }

    @BeforeEach
    void open() {
        database = databases.fresh(kind);
        store = new KeyRepository(database);
        administration = new Administration(store, clock, model -> true, upstream -> true, new BudgetAccounts(clock));
    }

    private void start(String value) {
        new BootstrapKeyInstaller(new KeyRepository(databases.again()), clock, new BudgetAccounts(clock)).ensure(value);
    }

    private Optional<ApiPrincipal> find(String value) {
        return new KeyCache(store, clock).find(value);
    }

    @Test
    void theFirstStartMakesTheKeyAndItsGroup() throws IOException {
        start(VALUE);

        assertThat(find(VALUE)).hasValueSatisfying(caller -> {
            assertThat(caller.group()).isEqualTo(Group.open("default"));
            assertThat(caller.key().label()).isEqualTo("bootstrap");
            assertThat(caller.key().prefix()).isEqualTo("purple");
            assertThat(caller.key().expires()).isNull();
        });
        assertThat(databases.dump(database)).contains(KeySecret.hashOf(VALUE)).doesNotContain(VALUE)
                .doesNotContain(VALUE.substring(0, 7)).doesNotContain(VALUE.substring(6));
    }

    @Test
    void laterStartsChangeNothing() {
        start(VALUE);
        long version = store.version();
        ApiKey key = administration.keys().getFirst();
        start(VALUE);
        assertThat(administration.keys()).containsExactly(key);
        assertThat(store.version()).isEqualTo(version);
    }

    @Test
    void aGroupThatIsThereStaysAsItIs() {
        GroupChange free = new GroupChange(null, null, null, null, null, null, true, null);
        Group group = administration.createGroup(new NewGroup("default", free));
        start(VALUE);
        assertThat(find(VALUE)).hasValueSatisfying(caller -> assertThat(caller.group()).isEqualTo(group));
    }

    @Test
    void anotherValueIsAnotherKey() {
        start(VALUE);
        start(VALUE + "2");
        assertThat(administration.keys("default")).hasSize(2);
        assertThat(find(VALUE)).isPresent();
        assertThat(find(VALUE + "2")).isPresent();
    }

    @Test
    void revokedKeyStaysRevokedAndIsLogged() {
        start(VALUE);
        ApiKey revoked = administration.revokeKey(administration.keys().getFirst().id());
        try (LogRecorder log = new LogRecorder()) {
            start(VALUE);
            assertThat(log.of(BootstrapKeyInstaller.class)).extracting(ILoggingEvent::getLevel)
                    .containsExactly(Level.WARN);
            assertThat(log.text()).contains("bootstrap key is revoked").contains(revoked.id())
                    .doesNotContain(VALUE);
        }
        assertThat(administration.keys()).containsExactly(revoked);
        assertThat(find(VALUE)).isEmpty();
    }

    @Test
    void refusesGuessableKeyWithoutQuotingIt() {
        assertThatThrownBy(() -> start("fifteen-letters")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("RETOUCH_BOOTSTRAP_KEY must have 16 to 200 characters")
                .hasMessageNotContaining("fifteen");
        assertThatThrownBy(() -> start("sixteen letters!")).isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("without spaces").hasMessageNotContaining("sixteen");
        assertThat(administration.groups()).isEmpty();
        start("sixteen-letters!");
        assertThat(find("sixteen-letters!")).hasValueSatisfying(
                caller -> assertThat(caller.key().prefix()).isEqualTo("sixt"));
    }
}
