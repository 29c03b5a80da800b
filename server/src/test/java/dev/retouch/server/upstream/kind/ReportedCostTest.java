package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.upstream.kind.KindGateway.Edit;

import static dev.retouch.server.upstream.kind.KindGateway.header;
import static org.assertj.core.api.Assertions.assertThat;

/** The kinds {@code openrouter} and {@code xai} through a gateway: JSON only, and the cost that the provider states. */
@Tag("slow")
class ReportedCostTest {

    private static final String GROK = "grok-imagine-image";
    private static final String GEMINI = "gemini-3-pro-image";

    @TempDir
    private Path folder = Path.of(".");
    private OpenRouterVendor router;
    private XaiVendor xai;
    private KindGateway gateway;

    @BeforeEach
    void start() throws IOException {
        router = new OpenRouterVendor();
        xai = new XaiVendor();
        gateway = new KindGateway(folder, """
                router:
                  kind: openrouter
                  url: %s/api/v1
                  key-env: VENDOR_KEY
                grok:
                  kind: xai
                  url: %s/v1
                  key-env: VENDOR_KEY
                """.formatted(router.base(), xai.base()), "RETOUCH_UPSTREAM_MAX_ATTEMPTS", "1");
    }

    @AfterEach
    void stop() {
        gateway.close();
        xai.close();
        router.close();
    }

    private static BigDecimal cost(HttpResponse<String> response) {
        return new BigDecimal(header(response, "x-retouch-cost").replace(" USD", ""));
    }

    private void assertReleased(HttpResponse<String> response, int status) {
        assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
        assertThat(gateway.ledger(response).path("state").asText()).isEqualTo("released");
    }

    @Test
    void openRouterChargesTheStatedCostOfEachRequest() {
        HttpResponse<String> response = gateway
                .send(new Edit(GEMINI).image().image().with("n", "2").with("size", "1536x1024").with("user", "u"));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(gateway.parsed(response).path("data")).hasSize(2);
        assertThat(cost(response)).isEqualByComparingTo(new BigDecimal("0.082469134"));
        JsonNode sent = router.posted().getFirst().json();
        assertThat(sent.path("model").asText()).isEqualTo("google/gemini-3-pro-image");
        assertThat(sent.path("aspect_ratio").asText()).isEqualTo("3:2");
        assertThat(sent.path("resolution").asText()).isEqualTo("2K");
        assertThat(sent.path("input_references")).hasSize(2);
        assertThat(header(response, "x-retouch-dropped-parameters")).isEqualTo("user");
    }

    @Test
    void openRouterRefusalsAndTrouble() {
        router.next(OpenRouterVendor.error(403, "Your chosen model requires moderation and your input was flagged."));
        HttpResponse<String> flagged = gateway.send(new Edit(GEMINI).image());
        assertReleased(flagged, 400);
        assertThat(gateway.code(flagged)).isEqualTo("moderation_blocked");
        router.next(OpenRouterVendor.error(402, "Insufficient credits. Add more using https://openrouter.ai/credits"));
        HttpResponse<String> poor = gateway.send(new Edit(GEMINI).image());
        assertReleased(poor, 502);
        assertThat(poor.body()).doesNotContain("credits");
        router.next(OpenRouterVendor.error(401, "User not found."));
        assertReleased(gateway.send(new Edit(GEMINI).image()), 502);
        router.next(OpenRouterVendor.error(502, "Provider returned error"));
        HttpResponse<String> broken = gateway.send(new Edit(GEMINI).image());
        assertThat(broken.statusCode()).isEqualTo(502);
        assertThat(gateway.ledger(broken).path("state").asText()).isEqualTo("undecided");
        router.next(OpenRouterVendor.error(429, "Rate limited upstream").with("retry-after", "12"));
        HttpResponse<String> limited = gateway.send(new Edit(GEMINI).image());
        assertReleased(limited, 429);
        assertThat(header(limited, "retry-after")).isEqualTo("12");
    }

    @Test
    void statedCostThatCannotBeRightIsChargedAsHeld() {
        router.next(OpenRouterVendor.image("1234.5"));
        HttpResponse<String> response = gateway.send(new Edit(GEMINI).image());
        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode edit = gateway.ledger(response);
        assertThat(edit.path("settled").asText()).isEqualTo(edit.path("held").asText());
        assertThat(edit.path("note").asText()).contains("charged as held");
    }

    @Test
    void xaiChargesTicksToTheLastBillionth() {
        HttpResponse<String> response = gateway
                .send(new Edit(GROK).image().image().with("n", "2").with("size", "1280x720"));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(gateway.parsed(response).path("data")).hasSize(2);
        assertThat(cost(response)).isEqualByComparingTo(new BigDecimal("0.026000001"));
        JsonNode sent = xai.posted().getFirst().json();
        assertThat(sent.path("images")).hasSize(2);
        assertThat(sent.path("n").asInt()).isEqualTo(2);
        assertThat(sent.path("aspect_ratio").asText()).isEqualTo("16:9");
        assertThat(sent.path("resolution").asText()).isEqualTo("1k");
    }

    @Test
    void xaiRefusalsAndTrouble() {
        xai.next(XaiVendor.moderated());
        HttpResponse<String> moderated = gateway.send(new Edit(GROK).image());
        assertReleased(moderated, 400);
        assertThat(gateway.code(moderated)).isEqualTo("moderation_blocked");
        xai.next(XaiVendor.error(400, "Client specified an invalid argument",
                "Generated image rejected by content moderation."));
        HttpResponse<String> rejected = gateway.send(new Edit(GROK).image());
        assertReleased(rejected, 400);
        assertThat(gateway.code(rejected)).isEqualTo("moderation_blocked");
        xai.next(XaiVendor.error(400, "Client specified an invalid argument", "Incorrect API key provided: ven***."));
        HttpResponse<String> key = gateway.send(new Edit(GROK).image());
        assertReleased(key, 502);
        assertThat(key.body()).doesNotContain("API key provided");
        xai.next(XaiVendor.error(429, "Some resource has been exhausted", "Too many requests"));
        assertReleased(gateway.send(new Edit(GROK).image()), 429);
    }

    @Test
    void xaiTakesNoMaskAndAtMostThreeImages() {
        assertThat(gateway.send(new Edit(GROK).image().mask()).body()).contains("it has no masks");
        assertThat(gateway.send(new Edit(GROK).image().image().image().image()).statusCode()).isEqualTo(400);
        assertThat(xai.received()).isEmpty();
    }

    @Test
    void formatThatXaiDoesNotChooseIsConverted() {
        HttpResponse<String> response = gateway.send(new Edit(GROK).image().with("output_format", "webp"));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(gateway.parsed(response).at("/data/0/b64_json").asText()).startsWith("UklGR");
        assertThat(header(response, "x-retouch-warning")).contains("the gateway converts its results");
    }
}
