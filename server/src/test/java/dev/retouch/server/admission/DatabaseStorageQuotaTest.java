package dev.retouch.server.admission;

import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.Database;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.ManualClock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

class DatabaseStorageQuotaTest {

    private static final long LIMIT = 10 << 20;
    private static final String KEY = "key_a";

    private final ManualClock clock = ManualClock.atSomeTime();
    private final Database database;
    private final DatabaseStorageQuota quota;

    DatabaseStorageQuotaTest(@TempDir Path folder) {
        database = Database.open(Optional.empty(), folder);
        quota = newQuota();
    }

    @AfterEach
    void close() {
        database.close();
    }

    private DatabaseStorageQuota newQuota() {
        return new DatabaseStorageQuota(database, LIMIT, clock);
    }

    private Instant in(Duration time) {
        return clock.instant().plus(time);
    }

    private static void assertFull(StorageQuota which) {
        assertThat(Failures.of(() -> which.require(KEY)).message()).isEqualTo(ErrorMessage.STORAGE_QUOTA_IS_EXCEEDED);
    }

    private static void assertRoom(StorageQuota which) {
        assertThatCode(() -> which.require(KEY)).doesNotThrowAnyException();
    }

    @Test
    void accountThatHasStoredItsPartIsRefusedAndOthersAreNot() {
        quota.stored(KEY, in(Duration.ofHours(1)), LIMIT - 1);
        assertRoom(quota);
        quota.stored(KEY, in(Duration.ofHours(1)), 1);
        assertFull(quota);
        assertThatCode(() -> quota.require("key_b")).doesNotThrowAnyException();
    }

    @Test
    void writingTheCountsChangesNothing() {
        quota.stored(KEY, in(Duration.ofHours(1)), LIMIT - 1);
        quota.synchronise();
        quota.synchronise();
        assertRoom(quota);
        quota.stored(KEY, in(Duration.ofHours(2)), 1);
        quota.synchronise();
        assertFull(quota);
    }

    @Test
    void bytesThatWereRemovedEarlyDoNotCount() {
        Instant planned = in(Duration.ofHours(1));
        quota.stored(KEY, planned, LIMIT);
        quota.synchronise();
        quota.stored(KEY, planned, -LIMIT);
        assertRoom(quota);
        quota.synchronise();
        assertRoom(quota);
    }

    @Test
    void bytesCountUntilTheHourOfTheirRemovalIsOver() {
        quota.stored(KEY, in(Duration.ofHours(1)), LIMIT);
        quota.synchronise();
        ApiException refusal = Failures.of(() -> quota.require(KEY));
        Duration wait = refusal.retryAfter().orElseThrow();
        assertThat(wait).isBetween(Duration.ofHours(1), Duration.ofHours(2).plusSeconds(1));
        clock.advance(Duration.ofMinutes(59));
        assertFull(quota);
        quota.synchronise();
        assertFull(quota);
        clock.advance(Duration.ofMinutes(61));
        assertFull(quota);
        quota.synchronise();
        assertRoom(quota);
        quota.removeExpired();
        assertThat(database.<Integer>read(
                handle -> handle.createQuery("SELECT COUNT(*) FROM stored_bytes").mapTo(Integer.class).one()))
                .isZero();
    }

    @Test
    void otherInstancesLearnOfTheBytes() {
        DatabaseStorageQuota other = newQuota();
        assertRoom(other);
        quota.stored(KEY, in(Duration.ofHours(1)), LIMIT);
        quota.synchronise();
        other.synchronise();
        assertFull(other);
    }

    @Test
    void unusedAccountsLeaveTheMemoryAndComeBack() {
        quota.stored(KEY, in(Duration.ofHours(1)), LIMIT);
        quota.synchronise();
        clock.advance(Duration.ofMinutes(11));
        quota.synchronise();
        assertRoom(quota);
        quota.synchronise();
        assertFull(quota);
    }
}
