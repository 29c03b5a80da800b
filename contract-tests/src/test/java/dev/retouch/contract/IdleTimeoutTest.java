package dev.retouch.contract;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** The idle timeout is for slow senders, not for idle connections or for edits that take longer. */
@TestInstance(Lifecycle.PER_CLASS)
class IdleTimeoutTest {

    private static final Duration IDLE = Duration.ofMillis(200);
    private static final Duration LONGER = IDLE.multipliedBy(3);

    private final RunningGateway gateway;

    IdleTimeoutTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_HTTP_IDLE_TIMEOUT", IDLE.toMillis() + "ms"));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void anIdleConnectionStaysOpen() throws IOException {
        String request = RawConnection.head(gateway.endpoint(), "Content-Type: application/json", "Content-Length: 2")
                + "{}";
        try (RawConnection connection = new RawConnection(gateway.endpoint())) {
            assertThat(connection.send(request).reply().status()).isEqualTo(400);
            connection.staysQuietFor(LONGER);
            assertThat(connection.send(request).reply().status()).isEqualTo(400);
        }
    }

    @Test
    void anEditMayTakeLonger() {
        gateway.sandbox().scenarios().next(Scenario.delay(LONGER));
        assertThat(gateway.endpoint().edit(Form.ofInput()).status()).isEqualTo(200);
    }
}
