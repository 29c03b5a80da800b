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

/** The patience with a slow sender is not the patience with a connection that waits, nor with an edit that takes its time. */
@TestInstance(Lifecycle.PER_CLASS)
class PatienceTest {

    private static final Duration IDLE = Duration.ofMillis(200);
    private static final Duration LONGER = IDLE.multipliedBy(3);

    private final RunningGateway gateway;

    PatienceTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_LIMITS_IDLE", IDLE.toMillis() + "ms"));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void aConnectionWaitsForItsNextRequest() throws IOException {
        String request = RawConnection.head(gateway.endpoint(), "Content-Type: application/json", "Content-Length: 2")
                + "{}";
        try (RawConnection connection = new RawConnection(gateway.endpoint())) {
            assertThat(connection.send(request).reply().status()).isEqualTo(400);
            connection.staysQuietFor(LONGER);
            assertThat(connection.send(request).reply().status()).isEqualTo(400);
        }
    }

    @Test
    void anEditMayTakeItsTime() {
        gateway.sandbox().scenarios().next(Scenario.delay(LONGER));
        assertThat(gateway.endpoint().edit(Form.ofInput()).status()).isEqualTo(200);
    }
}
