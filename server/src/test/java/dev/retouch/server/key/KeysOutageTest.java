package dev.retouch.server.key;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.billing.BudgetAccounts;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** A real server that is stopped. */
@Tag("slow")
class KeysOutageTest {

    private final ManualClock clock = ManualClock.atSomeTime();

    @Test
    void cachedKeysSurviveAnOutageForFiveSeconds(@TempDir Path folder) throws IOException {
        EmbeddedPostgres server = EmbeddedPostgres.start();
        try (server;
                LogRecorder log = new LogRecorder();
                Database database = Database.open(Optional.of(server.getJdbcUrl("postgres", "postgres")), folder)) {
            KeyRepository store = new KeyRepository(database);
            Administration administration = new Administration(store, clock, model -> true, upstream -> true,
                    new BudgetAccounts(clock));
            administration.createGroup(new NewGroup("team", GroupChange.NONE));
            IssuedKey first = administration.createKey(new NewKey("team", "", null, AdmissionLimits.NONE));
            IssuedKey second = administration.rotateKey(first.key().id(), Duration.ofHours(1));
            IssuedKey unseen = administration.createKey(new NewKey("team", "", null, AdmissionLimits.NONE));
            KeyCache keys = new KeyCache(store, clock);
            assertThat(keys.find(first.secret())).isPresent();
            assertThat(keys.find(second.secret())).isPresent();

            server.close();
            keys.refresh();
            clock.advance(Duration.ofSeconds(5));
            assertThat(keys.find(first.secret())).isPresent();
            assertThatThrownBy(() -> keys.find(unseen.secret())).isInstanceOf(DatabaseUnavailableException.class);
            clock.advance(Duration.ofMillis(1));
            assertThatThrownBy(() -> keys.find(first.secret())).isInstanceOf(DatabaseUnavailableException.class);
            keys.flushUses();
            assertThatThrownBy(() -> administration.revokeKey(first.key().id()))
                    .isInstanceOf(DatabaseUnavailableException.class);

            assertThat(log.text()).contains("database unavailable").contains(first.key().id());
            for (IssuedKey issued : List.of(first, second, unseen)) {
                assertThat(log.text()).doesNotContain(issued.secret().substring(15))
                        .doesNotContain(KeySecret.hashOf(issued.secret()));
                assertThat(issued + " " + issued.key() + KeySecret.chosen(issued.secret()))
                        .doesNotContain(issued.secret().substring(15));
            }
        }
    }
}
