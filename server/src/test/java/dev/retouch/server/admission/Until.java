package dev.retouch.server.admission;

import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

import static org.assertj.core.api.Assertions.assertThat;

/** Waits for what must come, for as long as a slow machine may need. */
final class Until {

    static final Duration PATIENCE = Duration.ofSeconds(30);

    private Until() {}

    static void so(String what, BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        boolean so = condition.getAsBoolean();
        while (!so && System.nanoTime() < end) {
            LockSupport.parkNanos(1_000_000);
            so = condition.getAsBoolean();
        }
        assertThat(so).as(what).isTrue();
    }
}
