package dev.retouch.server.database;

import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

import dev.retouch.server.fixture.Eventually;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

class OutageWatchTest {

    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** A database that answers while the test says so. */
    private static final class SwitchedProbe implements OutageWatch.Probe {

        private final AtomicBoolean away = new AtomicBoolean();
        private final AtomicInteger asked = new AtomicInteger();

        @Override
        public void ask() throws SQLException {
            asked.incrementAndGet();
            if (away.get()) {
                throw new SQLException("no answer", "08006");
            }
        }

        @Override
        public void close() {
            away.set(true);
        }
    }

    private final SwitchedProbe probe = new SwitchedProbe();
    private final OutageWatch watch = new OutageWatch(probe);

    @AfterEach
    void close() {
        watch.close();
    }

    private static DatabaseUnavailableException failure(DatabaseCall<String> call) {
        return catchThrowableOfType(DatabaseUnavailableException.class, () -> call.await(PATIENCE));
    }

    @Test
    void aCallFailsSoonIfTheDatabaseIsSilent() {
        DatabaseCall<String> running = new DatabaseCall<>();
        DatabaseCall<String> queued = new DatabaseCall<>();
        assertThat(watch.admits(running)).isTrue();
        assertThat(watch.admits(queued)).isTrue();
        assertThat(running.begin()).isTrue();
        probe.away.set(true);
        long before = System.nanoTime();
        assertThat(failure(running).mayBeWritten()).isTrue();
        assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(3));
        assertThat(failure(queued).mayBeWritten()).as("never begun").isFalse();
        assertThat(queued.begin()).isFalse();
    }

    @Test
    void newCallsFailAtOnceUntilAProbeSucceeds() {
        probe.away.set(true);
        watch.suspect(new SQLException("connection lost", "08006"));
        DatabaseCall<String> refused = new DatabaseCall<>();
        assertThat(watch.admits(refused)).isFalse();
        assertThat(failure(refused).mayBeWritten()).isFalse();
        probe.away.set(false);
        Eventually.so("it admits calls again", () -> watch.admits(new DatabaseCall<String>()));
    }

    @Test
    void aSlowStatementIsNoOutage() {
        DatabaseCall<String> slow = new DatabaseCall<>();
        assertThat(watch.admits(slow)).isTrue();
        assertThat(slow.begin()).isTrue();
        Eventually.so("it was looked at twice", () -> probe.asked.get() >= 2);
        slow.complete("done");
        assertThat(slow.await(PATIENCE)).isEqualTo("done");
    }

    @Test
    void aFailedStatementIsNoOutageIfTheDatabaseAnswers() {
        watch.suspect(new SQLException("canceled", "57014"));
        assertThat(probe.asked.get()).isEqualTo(1);
        assertThat(watch.admits(new DatabaseCall<String>())).isTrue();
    }

    @Test
    void aCallWhoseCallerHasGivenUpNeverBegins() {
        DatabaseCall<String> late = new DatabaseCall<>();
        assertThat(catchThrowableOfType(DatabaseUnavailableException.class, () -> late.await(Duration.ofMillis(1)))
                .mayBeWritten()).isFalse();
        assertThat(late.begin()).isFalse();
    }
}
