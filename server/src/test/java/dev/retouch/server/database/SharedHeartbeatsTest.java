package dev.retouch.server.database;

import java.io.IOException;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.slf4j.LoggerFactory;

import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.SeverableProxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

/** The heartbeats of instances that share a PostgreSQL database. */
@Tag("slow")
class SharedHeartbeatsTest {

    private static final Duration DEAD_AFTER = Duration.ofSeconds(45);
    private static final Duration BEAT = Duration.ofSeconds(2);

    private final String url = TestDatabases.newPostgres();
    private final TestDatabase stored = TestDatabase.postgres(url);
    private final SeverableProxy proxy;
    private final Database database;
    private final Database direct = stored.open();
    private final AtomicLong nanos = new AtomicLong();
    private final Instance observer;

    SharedHeartbeatsTest() throws IOException {
        URI address = URI.create(url);
        proxy = new SeverableProxy(address.getPort());
        database = Database.open(Optional.of(url.replace(":" + address.getPort(), ":" + proxy.port())),
                stored.folder());
        observer = Instance.shared(database, nanos::get, DEAD_AFTER);
    }

    @AfterEach
    void close() throws IOException {
        database.close();
        proxy.close();
        stored.close();
    }

    private void silent(String id, Duration since) throws SQLException {
        stored.execute("INSERT INTO instances (id, started_at, seen_at) SELECT '" + id + "', t, t FROM"
                + " (SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT) - " + since.toMillis()
                + " AS t) AS x");
    }

    private boolean isAlive(String id) {
        return direct.read(handle -> observer.isAlive(handle, id));
    }

    /** Lets time pass on this machine, with the heartbeats that belong to it. */
    private void live(Duration time) {
        for (Duration passed = Duration.ZERO; passed.compareTo(time) < 0; passed = passed.plus(BEAT)) {
            nanos.addAndGet(BEAT.toNanos());
            observer.heartbeat();
        }
    }

    @Test
    void observerDeclaresNobodyDeadBeforeItWasConnectedForThatLong() throws SQLException {
        silent("inst_silent", Duration.ofMinutes(5));
        silent("inst_living", Duration.ofSeconds(1));
        live(DEAD_AFTER.minus(BEAT.multipliedBy(2)));
        assertThat(isAlive("inst_silent")).as("after an outage all heartbeats are old").isTrue();
        live(BEAT.multipliedBy(3));
        assertThat(isAlive("inst_silent")).isFalse();
        assertThat(isAlive("inst_living")).isTrue();
        assertThat(isAlive("inst_that_signed_off")).as("it is not registered").isFalse();
    }

    @Test
    void anInterruptionStartsTheTimeAgain() throws Exception {
        silent("inst_silent", Duration.ofMinutes(5));
        live(DEAD_AFTER.plus(BEAT));
        assertThat(isAlive("inst_silent")).isFalse();
        proxy.cut();
        assertThatThrownBy(observer::heartbeat).isInstanceOf(DatabaseUnavailableException.class);
        assertThat(observer.deadBefore()).as("while it is not connected").isEqualTo(Long.MIN_VALUE);
        proxy.mend();
        live(BEAT.multipliedBy(2));
        assertThat(isAlive("inst_silent")).isTrue();
        live(DEAD_AFTER);
        assertThat(isAlive("inst_silent")).isFalse();
    }

    @Test
    void observerThatWasFrozenDeclaresNobodyDead() throws SQLException {
        silent("inst_silent", Duration.ofMinutes(5));
        live(DEAD_AFTER.plus(BEAT));
        nanos.addAndGet(DEAD_AFTER.dividedBy(2).toNanos());
        assertThat(isAlive("inst_silent")).isTrue();
    }

    /** Until its next heartbeat an instance cannot know what others think of it. */
    @Test
    void instanceWithoutARecentHeartbeatDoesNotCountOnWhatItOwns() {
        live(BEAT);
        long taken = nanos.get();
        assertThat(observer.isAliveSince(taken)).isTrue();
        nanos.addAndGet(DEAD_AFTER.toNanos());
        assertThat(observer.isAliveSince(taken)).isFalse();
        observer.heartbeat();
        assertThat(observer.isAliveSince(taken)).as("the clock of the database may have been set back").isFalse();
    }

    @Test
    void instanceThatWasDeadHasLostWhatItOwned() throws SQLException {
        Duration soon = Duration.ofMillis(50);
        Instance frozen = Instance.shared(database, nanos::get, soon);
        long taken = nanos.addAndGet(1000);
        long seen = stored.number("SELECT seen_at FROM instances WHERE id = '" + frozen.id() + "'");
        Eventually.so("others may take it for dead", () -> now() - seen > soon.toMillis());
        nanos.addAndGet(1000);
        frozen.heartbeat();
        assertThat(frozen.isAliveSince(taken)).isFalse();
        assertThat(frozen.isAliveSince(nanos.addAndGet(1000))).as("what it takes from now on").isTrue();
    }

    private long now() {
        try {
            return stored.number("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void clockOfTheMachineDoesNotMatter() throws SQLException {
        Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofMinutes(10));
        try (Instance skewed = Instance.register(database, ahead, DEAD_AFTER)) {
            long server = stored.number("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)");
            assertThat(skewed.clock().millis()).isCloseTo(server, within(5000L));
            assertThat(stored.number("SELECT seen_at FROM instances WHERE id = '" + skewed.id() + "'"))
                    .isCloseTo(server, within(5000L));
        }
    }

    @Test
    void warnsOfClockThatDiffersFromTheDatabase() {
        Logger logger = (Logger) LoggerFactory.getLogger(Instance.class);
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        logger.addAppender(log);
        try {
            Instance.register(database, Clock.systemUTC(), DEAD_AFTER).close();
            assertThat(log.list).isEmpty();
            Instance.register(database, Clock.offset(Clock.systemUTC(), Duration.ofSeconds(20)), DEAD_AFTER).close();
            assertThat(log.list).singleElement().satisfies(line -> {
                assertThat(line.getMessage()).isEqualTo("clock differs from the clock of the database ahead-ms={}");
                assertThat((long) line.getArgumentArray()[0]).isCloseTo(20_000, within(2000L));
            });
        } finally {
            logger.detachAppender(log);
        }
    }

    /** The session of an instance that freezes in a transaction keeps its locks until the server ends it. */
    @Test
    @Timeout(20)
    void heartbeatIsWrittenWhileTheWorkOfAllWaits() throws SQLException {
        long before = stored.number("SELECT seen_at FROM instances WHERE id = '" + observer.id() + "'");
        try (Connection frozen = stored.raw(); Statement statement = frozen.createStatement()) {
            frozen.setAutoCommit(false);
            statement.execute(
                    "LOCK TABLE budgets, edits, edit_answers, edit_tasks, slot_tickets IN ACCESS EXCLUSIVE MODE");
            statement.execute("SELECT pg_sleep(0.01)");
            observer.heartbeat();
            assertThat(stored.number("SELECT seen_at FROM instances WHERE id = '" + observer.id() + "'"))
                    .isGreaterThan(before);
        }
    }
}
