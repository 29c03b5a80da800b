package dev.retouch.server.admission;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

/** Rate limits of two instances in one database. */
class SharedRateLimitsTest extends RateLimitsRules {

    private static TwoInstances instances;

    private RateLimits one;
    private RateLimits other;

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
        one = new SharedRateLimits(instances.first(), time);
        other = new SharedRateLimits(instances.second(), time);
    }

    @Override
    RateLimits one() {
        return one;
    }

    @Override
    RateLimits other() {
        return other;
    }

    @Test
    void bucketsThatNobodyUsesAreSwept() {
        one.take(List.of(new RateScope("key:a", 5, 5), new RateScope("group:g", 5, null)), 1);
        assertThat(instances.count("SELECT COUNT(*) FROM rate_limits")).isEqualTo(3);
        time.advance(Duration.ofSeconds(121));
        one.take(List.of(new RateScope("key:b", 5, null)), 1);
        assertThat(instances.count("SELECT COUNT(*) FROM rate_limits")).isEqualTo(1);
    }

    @Test
    void aRefusalWritesNothing() {
        RateScope key = new RateScope("key:a", 5, null);
        one.take(List.of(new RateScope("group:g", 1, null)), 1);
        assertThatThrownBy(() -> other.take(List.of(key, new RateScope("group:g", 1, null)), 1))
                .isInstanceOf(RateLimitedException.class);
        assertThat(instances.count("SELECT COUNT(*) FROM rate_limits")).isEqualTo(1);
    }
}
