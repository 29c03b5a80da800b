package dev.retouch.contract.access;

import java.net.http.HttpRequest;
import java.util.List;
import java.util.Map;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Unusual requests, found by random tests. */
@TestInstance(Lifecycle.PER_CLASS)
class OddRequestsTest {

    private final RunningGateway gateway;

    OddRequestsTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"\"models\":[null]", "\"upstreams\":[null]",
            "\"moderation\":{\"thresholds\":{\"hate\":null}}"})
    void refusesNullForANameOrNumber(String settings) {
        Reply reply = Admin.of(gateway).post("groups", "{\"name\":\"odd\"," + settings + "}");
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
        assertThat(reply.error().path("code").asText()).isEqualTo("invalid_value");
    }

    @Test
    void invalidContentTypeIsRefusedWithTheEnvelope() {
        List<String> lines = List.of("OPTIONS /v1/models HTTP/1.1", "Host: x", "Connection: close",
                "Content-Type: nonsense", "", "");
        Reply reply = RawConnection.exchange(gateway.endpoint(), String.join("\r\n", lines));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(415);
        assertThat(reply.error().path("code").asText()).isEqualTo("unsupported_media_type");
    }

    @Test
    void aBodyThatIsNotExpectedIsIgnored() {
        Reply reply = Endpoint.send(
                gateway.endpoint().request("/v1/models").method("GET", HttpRequest.BodyPublishers.ofString("{}")));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
    }
}
