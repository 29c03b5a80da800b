package dev.retouch.contract.dialect;

import java.io.IOException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/** A client knows whether it may use its connection again. */
@ExtendWith(Gateways.class)
class ConnectionTest {

    private final Endpoint gateway;

    ConnectionTest(Endpoint gateway) {
        this.gateway = gateway;
    }

    /** Without that word it sends the next request into a connection that closes, and never learns what became of it. */
    @Test
    void earlyResponseClosesTheConnection() throws IOException {
        try (RawConnection connection = new RawConnection(gateway)) {
            Reply reply = connection.send(RawConnection.head(gateway, "Authorization: Bearer sk-wrong",
                    "Content-Type: application/json", "Content-Length: 100")).reply();
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.header("connection")).contains("close");
        }
    }

    @Test
    void responseToACompleteRequestKeepsTheConnection() throws IOException {
        String request = RawConnection.head(gateway, "Content-Type: application/json", "Content-Length: 2") + "{}";
        try (RawConnection connection = new RawConnection(gateway)) {
            for (int i = 0; i < 3; i++) {
                Reply reply = connection.send(request).reply();
                assertThat(reply.status()).isEqualTo(400);
                assertThat(reply.header("connection")).isEmpty();
            }
        }
    }
}
