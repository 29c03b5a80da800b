package dev.retouch.contract.http;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Strangers open as many connections as the gateway takes, and more, and send little. */
@Timeout(180)
class StrangersTest {

    private static final int LIMIT = 64;

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    @Test
    void clientsAreServedNevertheless() throws IOException {
        List<Socket> strangers = new ArrayList<>();
        try (RunningGateway gateway = RunningGateway.start(Map.of("RETOUCH_HTTP_MAX_CONNECTIONS",
                Integer.toString(LIMIT), "RETOUCH_ADMIN_TOKEN", Admin.TOKEN))) {
            for (String beginning : new String[]{"", "POST /v1/images/edits HTTP/1.1\r\nX: ",
                    "POST /v1/images/edits HTTP/1.1\r\nHost: h\r\nContent-Length: 1073741824\r\n\r\n{"}) {
                strangers.addAll(open(gateway.baseUrl(), beginning));
                assertThat(Endpoint.fetch(gateway.endpoint().at("/healthz")).status()).isEqualTo(200);
                Reply edited = gateway.endpoint().edit(CheapEdit.form());
                assertThat(edited.status()).as(edited.beginning()).isEqualTo(200);
            }
            String metrics = new Endpoint(gateway.baseUrl(), Admin.TOKEN).get("/metrics").text();
            assertThat(metrics).contains("retouch_connections_limit 64.0")
                    .containsPattern("(?m)^retouch_connections [1-9]")
                    .containsPattern("(?m)^retouch_connections_closed_total [1-9]");
        } finally {
            for (Socket stranger : strangers) {
                stranger.close();
            }
        }
    }

    private static List<Socket> open(URI gateway, String beginning) throws IOException {
        List<Socket> strangers = new ArrayList<>();
        for (int count = 0; count < 2 * LIMIT; count++) {
            Socket stranger = new Socket(gateway.getHost(), gateway.getPort());
            strangers.add(stranger);
            stranger.getOutputStream().write(beginning.getBytes(StandardCharsets.US_ASCII));
        }
        return strangers;
    }
}
