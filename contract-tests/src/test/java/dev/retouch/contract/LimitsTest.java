package dev.retouch.contract;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.Arrays;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.ResourceSnapshot;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** What is configured as too much is refused with the limit in the message, wherever it is noticed. */
@TestInstance(Lifecycle.PER_CLASS)
class LimitsTest {

    private final RunningGateway gateway;

    LimitsTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_HTTP_MAX_BODY_SIZE", "100KB", "RETOUCH_HTTP_MAX_PARTS", "6",
                "RETOUCH_HTTP_MAX_TEXT_SIZE", "1KB", "RETOUCH_HTTP_MEMORY_PER_IMAGE", "1KB"));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void aBodyThatIsAnnouncedTooLarge() {
        Reply reply = RawConnection.exchange(gateway.endpoint(), RawConnection.head(gateway.endpoint(),
                "Content-Type: " + Form.ofInput().contentType(), "Content-Length: 102401"));
        assertTooLarge(reply, null, "The body is too large. The limit is 102400 bytes. Send a smaller body.");
    }

    @Test
    void aBodyThatGrowsTooLargeWithoutAnnouncement() throws IOException {
        ResourceSnapshot before = ResourceSnapshot.of(gateway);
        byte[] body = Form.ofInput().file("image", "a.png", "image/png", new byte[80 << 10]).bytes();
        try (RawConnection client = new RawConnection(gateway.endpoint())) {
            client.send(RawConnection.head(gateway.endpoint(), "Content-Type: " + Form.empty().contentType(),
                    "Transfer-Encoding: chunked"));
            byte[] enough = Arrays.copyOf(body, 102_401);
            client.send(Integer.toHexString(enough.length) + "\r\n").send(enough).send("\r\n");
            assertTooLarge(client.reply(), null,
                    "The body is too large. The limit is 102400 bytes. Send a smaller body.");
        }
        before.assertNothingMore();
    }

    @Test
    void tooManyParts() {
        Form form = Form.ofInput();
        for (int i = 0; i < 5; i++) {
            form = form.text("user", "u");
        }
        assertTooLarge(gateway.endpoint().edit(form), null,
                "The form has too many parts. The limit is 6. Send fewer parts.");
    }

    @Test
    void tooMuchText() {
        String message = "The text fields of the request are too large. The limit is 1024 bytes for all of them. Send shorter values.";
        assertTooLarge(gateway.endpoint().edit(Form.ofInput().text("user", "u".repeat(1025))), null, message);
        assertTooLarge(gateway.endpoint().edit("{\"image\":\"" + Contract.dataUrl("input.png") + "\",\"prompt\":\""
                + "p".repeat(1025) + "\"}"), null, message);
    }

    @Test
    void aBodyAtTheLimitIsTaken() {
        int room = 102_400 - Form.ofInput().bytes().length;
        assumeThat(room).isPositive();
        Form form = Form.ofInput();
        Reply reply = Endpoint.send(gateway.endpoint().request(Endpoint.EDITS)
                .header("Content-Type", form.contentType())
                .POST(BodyPublishers.ofByteArray(Arrays.copyOf(form.bytes(), 102_400))));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
    }

    private static void assertTooLarge(Reply reply, @Nullable String param, String message) {
        JsonNode error = reply.error();
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(413);
        assertThat(error.path("code").asText()).isEqualTo("content_too_large");
        assertThat(error.path("param").asText(null)).isEqualTo(param);
        assertThat(error.path("message").asText()).isEqualTo(message);
        new Contract().assertValid("ErrorEnvelope", reply.text());
    }
}
