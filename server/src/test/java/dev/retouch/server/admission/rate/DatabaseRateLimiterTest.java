package dev.retouch.server.admission.rate;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Future;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.admission.RateLimitExceededException;
import dev.retouch.server.fixture.ConcurrentRequests;
import dev.retouch.server.fixture.TwoInstances;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Rate limits of two instances that share a database. */
@Tag("slow")
class DatabaseRateLimiterTest extends RateLimitsRules {

    private static TwoInstances instances;

    private RateLimiter one;
    private RateLimiter other;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        instances = TwoInstances.start(folder);
    }

    @AfterAll
    static void stop() throws IOException {
        instances.close();
    }

    @BeforeEach
    void begin() {
        instances.empty();
        one = new DatabaseRateLimiter(instances.first(), time);
        other = new DatabaseRateLimiter(instances.second(), time);
    }

    @Override
    RateLimiter one() {
        return one;
    }

    @Override
    RateLimiter other() {
        return other;
    }

    @Test
    void removesUnusedBuckets() {
        one.take(List.of(new RateLimitScope("key:a", 5, 5), new RateLimitScope("group:g", 5, null)), 1);
        assertThat(instances.count("SELECT COUNT(*) FROM rate_limits")).isEqualTo(3);
        time.advance(Duration.ofSeconds(121));
        new DatabaseRateLimiter(instances.first(), time).take(List.of(new RateLimitScope("key:b", 5, null)), 1);
        assertThat(instances.count("SELECT COUNT(*) FROM rate_limits")).isEqualTo(1);
    }

    @Test
    void usesTheTimeOfTheDatabase() {
        RateLimiter real = new DatabaseRateLimiter(instances.first());
        RateLimitScope key = new RateLimitScope("key:a", 2, null);
        real.take(List.of(key), 1);
        real.take(List.of(key), 1);
        assertThatThrownBy(() -> new DatabaseRateLimiter(instances.second()).take(List.of(key), 1))
                .isInstanceOfSatisfying(RateLimitExceededException.class,
                        refusal -> assertThat(refusal.retryAfter()).isBetween(Duration.ofMillis(1),
                                Duration.ofSeconds(30)));
        assertThat(instances.count("""
                SELECT count(*) FROM rate_limits
                WHERE abs(updated_at - extract(epoch FROM clock_timestamp()) * 1000) < 60000""")).isEqualTo(1);
    }

    /** The row of a bucket appears while other requests wait for it. */
    @Test
    void firstRequestsAreCountedExactly() throws Throwable {
        try (ConcurrentRequests crowd = new ConcurrentRequests()) {
            for (int round = 0; round < 10; round++) {
                List<RateLimitScope> scopes = List.of(new RateLimitScope("key:" + round, 5, null));
                List<Future<RateLimitStatus>> takes = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    RateLimiter limiter = i % 2 == 0 ? one : other;
                    takes.add(crowd.run(() -> limiter.take(scopes, 1)));
                }
                int passed = 0;
                for (Future<RateLimitStatus> take : takes) {
                    passed += ConcurrentRequests.failureOf(take).equals(Void.class) ? 1 : 0;
                }
                assertThat(passed).isEqualTo(5);
            }
        }
    }

    @Test
    void aRefusalWritesNothing() {
        RateLimitScope key = new RateLimitScope("key:a", 5, null);
        one.take(List.of(new RateLimitScope("group:g", 1, null)), 1);
        assertThatThrownBy(() -> other.take(List.of(key, new RateLimitScope("group:g", 1, null)), 1))
                .isInstanceOf(RateLimitExceededException.class);
        assertThat(instances.count("SELECT COUNT(*) FROM rate_limits")).isEqualTo(1);
    }
}
