package dev.retouch.contract.http;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.TimeUnit;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.StubUpstream;

import static org.assertj.core.api.Assertions.assertThat;

/** A gateway that does not run for longer than its idle timeout does not blame clients whose bytes have arrived meanwhile. */
class FrozenGatewayTest {

    private static final Duration IDLE = Duration.ofSeconds(1);
    private static final String KEY = "sk-of-a-client-0123456789";
    private static final int TIMES = 5;
    private static final byte[] ANSWER = ("{\"created\":1,\"data\":[{\"b64_json\":\""
            + Base64.getEncoder().encodeToString(Fixtures.image()) + "\"}]}").getBytes(StandardCharsets.US_ASCII);

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    @Test
    void readsWhatArrivedWhileItWasFrozen() throws Exception {
        try (StubUpstream upstream = StubUpstream.start(edit -> edit.document(ANSWER));
                LaunchedProcess gateway = LaunchedProcess.retouch(folder, Map.of("RETOUCH_PORT", "0",
                        "RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString(), "RETOUCH_UPSTREAM_KEY", "sk-up",
                        "RETOUCH_BOOTSTRAP_KEY", KEY, "RETOUCH_HTTP_IDLE_TIMEOUT", IDLE.toSeconds() + "s"), "serve")) {
            Endpoint endpoint = new Endpoint(
                    URI.create(gateway.awaitOutput("Retouch is up +(http://\\S+)").group(1)), KEY);
            assertThat(endpoint.edit(CheapEdit.form()).status()).isEqualTo(200);
            for (int i = 0; i < TIMES; i++) {
                assertServedAfterFreeze(endpoint, gateway);
            }
        }
    }

    private static void assertServedAfterFreeze(Endpoint endpoint, LaunchedProcess gateway) throws Exception {
        Form form = CheapEdit.form();
        byte[] body = form.bytes();
        int half = body.length / 2;
        try (RawConnection connection = new RawConnection(endpoint)) {
            connection.send(RawConnection.head(endpoint, "Content-Type: " + form.contentType(),
                    "Content-Length: " + body.length)).send(Arrays.copyOf(body, half));
            TimeUnit.MILLISECONDS.sleep(IDLE.toMillis() / 2); // the gateway waits for the rest
            gateway.suspend();
            connection.send(Arrays.copyOfRange(body, half, body.length));
            TimeUnit.MILLISECONDS.sleep(IDLE.toMillis() * 2);
            gateway.resume();
            assertThat(connection.reply().status()).isEqualTo(200);
        }
    }
}
