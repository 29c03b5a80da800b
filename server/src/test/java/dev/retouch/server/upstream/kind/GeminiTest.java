package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.upstream.kind.KindGateway.Edit;

import static dev.retouch.server.upstream.kind.KindGateway.header;
import static org.assertj.core.api.Assertions.assertThat;

/** The kind {@code gemini} through a gateway. */
@Tag("slow")
class GeminiTest {

    private static final String MODEL = "gemini-2.5-flash-image";
    private static final String WARNING = "x-retouch-warning";
    /** What the vendor charges for one image made from one image, by its price list per million tokens. */
    private static final BigDecimal INVOICE = new BigDecimal("0.30")
            .multiply(BigDecimal.valueOf(GeminiVendor.TEXT_TOKENS + GeminiVendor.IMAGE_TOKENS))
            .add(new BigDecimal("30").multiply(BigDecimal.valueOf(GeminiVendor.OUTPUT_TOKENS))).movePointLeft(6);

    @TempDir
    private Path folder = Path.of(".");
    private GeminiVendor google;
    private KindGateway gateway;

    @BeforeEach
    void start() throws IOException {
        google = new GeminiVendor();
        gateway = new KindGateway(folder,
                "google:\n  kind: gemini\n  url: %s/v1beta\n  key-env: VENDOR_KEY\n".formatted(google.base()),
                "RETOUCH_UPSTREAM_MAX_ATTEMPTS", "1", "RETOUCH_UPSTREAM_FIRST_BYTE_TIMEOUT", "5s");
    }

    @AfterEach
    void stop() {
        gateway.close();
        google.close();
    }

    private static BigDecimal cost(HttpResponse<String> response) {
        return new BigDecimal(header(response, "x-retouch-cost").replace(" USD", ""));
    }

    private void assertReleased(HttpResponse<String> response) {
        JsonNode edit = gateway.ledger(response);
        assertThat(edit.path("state").asText()).as(edit.toString()).isEqualTo("released");
        assertThat(new BigDecimal(edit.at("/settled/amount").asText(edit.path("settled").asText()))).as(edit.toString())
                .isZero();
    }

    @Test
    void returnsImageAndChargesTheInvoiceOfTheVendor() {
        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode answer = gateway.parsed(response);
        assertThat(Base64.getDecoder().decode(answer.at("/data/0/b64_json").asText()))
                .isEqualTo(ScriptedVendor.picture(96, 64));
        assertThat(cost(response)).isEqualByComparingTo(INVOICE);
        assertThat(answer.at("/usage/output_tokens").asInt()).isEqualTo(GeminiVendor.OUTPUT_TOKENS);
        assertThat(answer.at("/usage/input_tokens_details/image_tokens").asInt()).isEqualTo(GeminiVendor.IMAGE_TOKENS);
        assertThat(header(response, WARNING)).isEmpty();
        JsonNode sent = google.posted().getFirst().json();
        assertThat(sent.at("/contents/0/parts/1/text").asText()).isEqualTo("a \"red\" balloon 红气球");
        assertThat(sent.at("/generationConfig/imageConfig").isMissingNode()).isTrue();
    }

    @Test
    void sendsRequestForEachImageAndAddsTheirCosts() {
        HttpResponse<String> response = gateway.send(new Edit(MODEL).image().image().with("n", "3"));

        assertThat(gateway.parsed(response).path("data")).hasSize(3);
        assertThat(google.posted()).hasSize(3);
        BigDecimal second = new BigDecimal("0.30").multiply(BigDecimal.valueOf(GeminiVendor.IMAGE_TOKENS))
                .movePointLeft(6);
        assertThat(cost(response)).isEqualByComparingTo(INVOICE.add(second).multiply(BigDecimal.valueOf(3)));
    }

    @Test
    void returnsImagesOfRequestsThatSucceededAndChargesOnlyThem() {
        google.next(GeminiVendor.overloaded());
        google.next(GeminiVendor.finished("IMAGE_SAFETY"));

        HttpResponse<String> response = gateway.send(new Edit(MODEL).image().with("n", "3"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(gateway.parsed(response).path("data")).hasSize(1);
        assertThat(cost(response)).isEqualByComparingTo(INVOICE);
        assertThat(header(response, WARNING)).contains("1 of 3 requests failed").contains("asked for 3 images, got 1");
    }

    @ParameterizedTest
    @CsvSource({"1536x1024, 3:2, 2K", "1024x1024, 1:1, 1K", "512x512, 1:1, 512", "4096x1024, 4:1, 2K",
            "1000x1010, 1:1, 1K"})
    void choosesNearestShapeAndSaysSo(String size, String ratio, String resolution) {
        HttpResponse<String> response = gateway.send(new Edit("gemini-3.1-flash-image").image().with("size", size));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        JsonNode shape = google.posted().getFirst().json().at("/generationConfig/imageConfig");
        assertThat(shape.path("aspectRatio").asText()).isEqualTo(ratio);
        assertThat(shape.path("imageSize").asText()).isEqualTo(resolution);
        assertThat(header(response, WARNING)).contains("size " + size + " was sent as the nearest shape " + ratio);
    }

    @Test
    void refusesMaskBeforeMoneyIsSpent() {
        HttpResponse<String> response = gateway.send(new Edit(MODEL).image().mask());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(gateway.parsed(response).at("/error/message").asText())
                .isEqualTo("The upstreams of this API key cannot do 'mask' as requested: it has no masks.");
        assertThat(google.received()).isEmpty();
    }

    @Test
    void maskThatTheGatewayEnforcesIsNotSent() {
        HttpResponse<String> response = gateway.send(new Edit(MODEL).image().mask().with("mask_mode", "strict"));

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(header(response, "x-retouch-mask")).startsWith("enforced");
        assertThat(header(response, WARNING))
                .contains("the upstream has no masks, so 64x64 of 64x64 pixels around the mask"
                        + " were sent, as 512x512");
        assertThat(google.posted().getFirst().text()).doesNotContain("mask");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SAFETY", "OTHER", "BLOCKLIST", "PROHIBITED_CONTENT", "IMAGE_SAFETY"})
    void blockedPromptIsRefusedAndNotCharged(String reason) {
        google.next(GeminiVendor.promptBlocked(reason));

        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(gateway.code(response)).isEqualTo("moderation_blocked");
        assertReleased(response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII", "IMAGE_SAFETY",
            "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION"})
    void blockedImageIsRefusedAndNotCharged(String reason) {
        google.next(GeminiVendor.finished(reason));

        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(gateway.code(response)).isEqualTo("moderation_blocked");
        assertReleased(response);
    }

    @ParameterizedTest
    @ValueSource(strings = {"NO_IMAGE", "IMAGE_OTHER", "MAX_TOKENS", "STOP"})
    void answerWithoutImageIsFailureAndNotCharged(String reason) {
        google.next(GeminiVendor.finished(reason));

        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());

        assertThat(response.statusCode()).isEqualTo(502);
        assertReleased(response);
    }

    @Test
    void invalidKeyIsTheGatewaysTroubleAndNeverShown() {
        google.next(GeminiVendor.invalidKey());

        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(response.body()).doesNotContain("API key not valid").doesNotContain("API_KEY_INVALID")
                .doesNotContain(ScriptedVendor.KEY);
        assertReleased(response);
    }

    @Test
    void rateLimitHasTheDelayOfTheBody() {
        google.next(GeminiVendor.limited("34.5s"));

        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());

        assertThat(response.statusCode()).isEqualTo(429);
        assertThat(Integer.parseInt(header(response, "retry-after"))).isBetween(34, 35);
        assertReleased(response);
    }

    @Test
    void requestErrorIsShownWithoutTheKey() {
        google.next(
                GeminiVendor.error(400, "INVALID_ARGUMENT", "Unable to process input image for " + ScriptedVendor.KEY));

        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());

        assertThat(response.statusCode()).isEqualTo(400);
        assertThat(response.body()).contains("Unable to process input image").doesNotContain(ScriptedVendor.KEY);
        assertReleased(response);
    }

    @Test
    void brokenAnswerLeavesTheOutcomeUndecided() {
        google.next(GeminiVendor.image(1).cutOff());

        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());

        assertThat(response.statusCode()).isEqualTo(502);
        assertThat(gateway.ledger(response).path("state").asText()).isEqualTo("undecided");
    }

    @Test
    void slowAnswerTimesOut() {
        google.next(GeminiVendor.image(1).after(Duration.ofSeconds(20)));

        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());

        assertThat(response.statusCode()).isEqualTo(504);
        assertThat(gateway.ledger(response).path("state").asText()).isEqualTo("undecided");
    }

    @Test
    void absurdUsageIsNotBelieved() {
        google.next(ScriptedVendor.Reply.json(200, """
                {"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"%s"}}]},
                "finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":5,"candidatesTokenCount":99999999999}}"""
                .formatted(ScriptedVendor.base64(Pictures.png(8, 8)))));

        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(cost(response)).isLessThan(BigDecimal.ONE);
    }

    @Test
    void streamIsMadeOfTheDocument() {
        HttpResponse<String> response = gateway
                .send(new Edit(MODEL).image().with("stream", "true").with("partial_images", "2"));

        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.body()).contains("event: image_edit.completed").doesNotContain("partial_image\"");
        assertThat(header(response, "x-retouch-dropped-parameters")).contains("partial_images");
    }

    @Test
    void disconnectEndsEveryRequest() {
        google.next(GeminiVendor.image(1).after(Duration.ofSeconds(20)));
        google.next(GeminiVendor.image(1).after(Duration.ofSeconds(20)));
        CompletableFuture<HttpResponse<String>> running = gateway.sendLater(new Edit(MODEL).image().with("n", "2"));
        Eventually.so("both requests are at the vendor", () -> google.posted().size() == 2);

        running.cancel(true);

        Eventually.so("no money is held", () -> gateway.admin("edits?state=held").path("data").isEmpty());
    }
}
