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

import dev.retouch.contract.harness.Belongings;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** What is configured as too much is refused with the limit in the message, wherever it is noticed. */
@TestInstance(Lifecycle.PER_CLASS)
class LimitsTest {

    private final RunningGateway gateway;

    LimitsTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_LIMITS_BODY", "100KB", "RETOUCH_LIMITS_PARTS", "6",
                "RETOUCH_LIMITS_TEXT", "1KB", "RETOUCH_LIMITS_MEMORY_PER_IMAGE", "1KB"));
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void aBodyThatIsAnnouncedTooLarge() {
        Reply reply = RawConnection.exchange(gateway.endpoint(), RawConnection.head(gateway.endpoint(),
                "Content-Type: " + Form.ofInput().contentType(), "Content-Length: 102401"));
        assertTooLarge(reply, null, "The body is larger than this gateway takes: 102400 bytes.");
    }

    @Test
    void aBodyThatGrowsTooLargeWithoutAnnouncement() throws IOException {
        Belongings before = Belongings.of(gateway);
        byte[] body = Form.ofInput().file("image", "a.png", "image/png", new byte[80 << 10]).bytes();
        try (RawConnection client = new RawConnection(gateway.endpoint())) {
            client.send(RawConnection.head(gateway.endpoint(), "Content-Type: " + Form.empty().contentType(),
                    "Transfer-Encoding: chunked"));
            byte[] enough = Arrays.copyOf(body, 102_401);
            client.send(Integer.toHexString(enough.length) + "\r\n").send(enough).send("\r\n");
            assertTooLarge(client.reply(), null, "The body is larger than this gateway takes: 102400 bytes.");
        }
        before.assertNothingMore();
    }

    @Test
    void tooManyParts() {
        Form form = Form.ofInput();
        for (int i = 0; i < 5; i++) {
            form = form.text("user", "u");
        }
        assertTooLarge(gateway.endpoint().edit(form), null, "The form has more parts than this gateway takes: 6.");
    }

    @Test
    void tooMuchText() {
        String message = "The text beside the images is larger than this gateway takes: 1024 bytes.";
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
