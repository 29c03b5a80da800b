package dev.retouch.server.idempotency;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DeferredWrites;
import dev.retouch.server.database.DelayedCommits;
import dev.retouch.server.database.Instance;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;

/** The connection to PostgreSQL breaks while it commits a claim, so it is unknown whether the key was claimed. */
@Tag("slow")
class UncertainClaimTest {

    private static final IdempotencyKey KEY = new IdempotencyKey("key_a", "name");

    private final DelayedCommits commits;
    private final IdempotencyRepository claims;
    private final ManualClock clock = ManualClock.atSomeTime();

    UncertainClaimTest(@TempDir Path dataDir) throws IOException, SQLException {
        this.commits = new DelayedCommits(dataDir);
        Database database = commits.database();
        Instance self = Instance.timedBy(database, clock, Duration.ofSeconds(10));
        this.claims = new IdempotencyRepository(database, new DeferredWrites(database),
                new Ledger(database, clock, self.id()), self, Duration.ofHours(24));
    }

    @AfterEach
    void close() throws IOException, SQLException {
        commits.close();
    }

    /** The release waits for the commit, so that the key is not claimed after it by an edit that never runs. */
    @Test
    void keyIsReleasedAlthoughTheCommitOfItsClaimIsLate() throws Exception {
        commits.delay("edit_answers", "NEW.edit_id = 'edit-1'");
        commits.breakCommitOf(() -> claims.claim(KEY, "print", "edit-1"));
        CompletableFuture<Void> release = CompletableFuture
                .runAsync(() -> claims.releaseUncertain(KEY, "print", "edit-1"));
        commits.awaitWaiting();
        commits.commit();
        release.join();
        assertThat(commits.number("SELECT count(*) FROM edit_answers")).isZero();
    }

    /** PostgreSQL executes what it received before the connection broke. */
    @Test
    void keyIsReleasedAlthoughItsClaimIsExecutedAfterTheRelease() throws Exception {
        claims.releaseUncertain(KEY, "print", "edit-1");
        claims.claim(KEY, "print", "edit-1");
        claims.removeLateClaims();
        assertThat(claims.claim(KEY, "print", "edit-2")).isEmpty();
        clock.advance(Duration.ofMinutes(16));
        claims.removeLateClaims();
        assertThat(commits.number("SELECT count(*) FROM edit_answers WHERE edit_id = 'edit-2'")).isEqualTo(1);
    }

    @Test
    void claimOfAnotherEditStays() throws Exception {
        commits.delay("edit_answers", "NEW.edit_id = 'edit-1'");
        commits.breakCommitOf(() -> claims.claim(KEY, "print", "edit-1"));
        commits.commit();
        claims.release(KEY, "edit-1");
        assertThat(claims.claim(KEY, "print", "edit-2")).isEmpty();
        claims.releaseUncertain(KEY, "print", "edit-1");
        assertThat(commits.number("SELECT count(*) FROM edit_answers WHERE edit_id = 'edit-2'")).isEqualTo(1);
    }
}
