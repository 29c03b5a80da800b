package dev.retouch.server.observe;

import java.time.Duration;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class MetersTest {

    private final SimpleMeterRegistry registry = new SimpleMeterRegistry();
    private final Meters meters = new Meters(registry);

    @Test
    void buildsTimerOnce() {
        int[] built = {0};
        for (int i = 0; i < 3; i++) {
            meters.timer("duration", "a duration", () -> {
                built[0]++;
                return new Duration[]{Duration.ofSeconds(1)};
            }, "model", "a").record(Duration.ofMillis(5));
        }
        assertThat(built[0]).isEqualTo(1);
        assertThat(registry.get("duration").tag("model", "a").timer().count()).isEqualTo(3);
    }

    @Test
    void distinguishesLabels() {
        meters.counter("edits", "edits", "model", "a", "code", "none").increment();
        meters.counter("edits", "edits", "model", "b", "code", "none").increment(2);
        assertThat(registry.get("edits").tag("model", "a").counter().count()).isEqualTo(1);
        assertThat(registry.get("edits").tag("model", "b").counter().count()).isEqualTo(2);
        assertThat(meters.counter("edits", "edits", "model", "a", "code", "none"))
                .isSameAs(meters.counter("edits", "edits", "model", "a", "code", "none"));
    }
}
