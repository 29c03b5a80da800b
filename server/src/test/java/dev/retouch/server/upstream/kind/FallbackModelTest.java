package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Path;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.upstream.kind.KindGateway.Edit;

import static dev.retouch.server.upstream.kind.KindGateway.header;
import static org.assertj.core.api.Assertions.assertThat;

/** The fallback models of a group: another model runs an edit if no upstream of its model can take it, and only then. */
@Tag("slow")
class FallbackModelTest {

    private static final String ASKED = "gpt-image-2";
    private static final String FALLBACK = "gemini-2.5-flash-image";
    private static final String WARNING = "x-retouch-warning";

    @TempDir
    private Path folder = Path.of(".");
    private final AzureVendor azure = vendor();
    private final GeminiVendor google = google();

    private static AzureVendor vendor() {
        try {
            return new AzureVendor();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static GeminiVendor google() {
        try {
            return new GeminiVendor();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @AfterEach
    void stop() {
        azure.close();
        google.close();
    }

    private KindGateway gateway(String fallbacks, String... settings) throws IOException {
        String[] all = new String[settings.length + 2];
        all[0] = "RETOUCH_UPSTREAM_MAX_ATTEMPTS";
        all[1] = "1";
        System.arraycopy(settings, 0, all, 2, settings.length);
        KindGateway gateway = new KindGateway(folder, """
                azure:
                  kind: azure
                  url: %s
                  deployments: {gpt-image-2: my-deployment}
                  key-env: VENDOR_KEY
                google:
                  kind: gemini
                  url: %s/v1beta
                  key-env: VENDOR_KEY
                """.formatted(azure.base(), google.base()), all);
        gateway.useGroup("fallback", "\"models\":[\"gpt-image-2\"],\"fallback_models\":[" + fallbacks + "]");
        return gateway;
    }

    private KindGateway gateway() throws IOException {
        return gateway("\"gpt-image-2\",\"" + FALLBACK + "\"");
    }

    private static BigDecimal cost(HttpResponse<String> response) {
        return new BigDecimal(header(response, "x-retouch-cost").replace(" USD", ""));
    }

    @ParameterizedTest
    @ValueSource(ints = {401, 429, 503})
    void nextModelRunsIfNoUpstreamCanTakeTheEdit(int status) throws IOException {
        azure.next(AzureVendor.error(status, "x", "not now"));
        try (KindGateway gateway = gateway()) {
            HttpResponse<String> response = gateway.send(new Edit(ASKED).image().with("size", "1024x1024"));

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(header(response, WARNING))
                    .contains("model gpt-image-2 is not available, so gemini-2.5-flash-image ran instead");
            JsonNode edit = gateway.ledger(response);
            assertThat(edit.path("model").asText()).isEqualTo(FALLBACK);
            assertThat(edit.path("state").asText()).isEqualTo("settled");
            // 273 tokens of input and an image of 1290 tokens by the price list of the model that ran
            assertThat(cost(response)).isEqualByComparingTo("0.0387819");
            assertThat(google.posted()).hasSize(1);
        }
    }

    /** The image of gpt-image-2 costs more than that of the fallback model. */
    @Test
    void holdCoversTheDearest() throws IOException {
        try (KindGateway gateway = gateway("\"gemini-3-pro-image\"")) {
            HttpResponse<String> low = gateway
                    .send(new Edit(ASKED).image().with("quality", "low").with("size", "1024x1024"));
            assertThat(low.statusCode()).as(low.body()).isEqualTo(200);
            assertThat(gateway.ledger(low).path("model").asText()).isEqualTo(ASKED);
            double alone = held(gateway, low);
            gateway.useGroup("plain", "\"models\":[]");
            HttpResponse<String> without = gateway
                    .send(new Edit(ASKED).image().with("quality", "low").with("size", "1024x1024"));
            assertThat(alone).as("quality is not for gemini, so its price does not count")
                    .isEqualTo(held(gateway, without));
        }
        try (KindGateway gateway = gateway("\"gemini-3-pro-image\"", "RETOUCH_EDITS_UNSUPPORTED", "warn",
                "RETOUCH_DATA_DIR", folder.resolve("other").toString())) {
            HttpResponse<String> low = gateway
                    .send(new Edit(ASKED).image().with("quality", "low").with("size", "1024x1024"));
            assertThat(held(gateway, low)).isGreaterThan(0.13);
            assertThat(cost(low)).as("the charge is that of the model that ran").isLessThan(new BigDecimal("0.2"));
        }
    }

    private static double held(KindGateway gateway, HttpResponse<String> response) {
        return gateway.ledger(response).path("transfers").path(0).path("postings").valueStream()
                .filter(line -> line.path("account").asText().equals("held"))
                .mapToDouble(line -> line.path("amount").asDouble()).max().orElse(-1);
    }

    @Test
    void parametersOfTheOtherModelFollowTheSetting() throws IOException {
        azure.next(AzureVendor.error(503, "x", "not now"));
        try (KindGateway gateway = gateway()) {
            HttpResponse<String> refused = gateway.send(new Edit(ASKED).image().with("quality", "low"));
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(gateway.ledger(refused).path("state").asText()).isEqualTo("released");
            assertThat(google.received()).isEmpty();
        }
        azure.next(AzureVendor.error(503, "x", "not now"));
        try (KindGateway gateway = gateway("\"" + FALLBACK + "\"", "RETOUCH_EDITS_UNSUPPORTED", "warn",
                "RETOUCH_DATA_DIR", folder.resolve("other").toString())) {
            HttpResponse<String> response = gateway.send(new Edit(ASKED).image().with("quality", "low"));
            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(header(response, "x-retouch-dropped-parameters")).contains("quality");
        }
    }

    @Test
    void editThatMayHaveRunIsNotRunAgain() throws IOException {
        azure.next(AzureVendor.edited(1).cutOff());
        try (KindGateway gateway = gateway()) {
            HttpResponse<String> response = gateway.send(new Edit(ASKED).image());

            assertThat(response.statusCode()).isEqualTo(502);
            assertThat(gateway.ledger(response).path("state").asText()).isEqualTo("undecided");
            assertThat(gateway.ledger(response).path("model").asText()).isEqualTo(ASKED);
            assertThat(google.received()).isEmpty();
        }
    }

    @Test
    void refusalOfTheContentIsFinal() throws IOException {
        azure.next(AzureVendor.promptFiltered());
        try (KindGateway gateway = gateway()) {
            HttpResponse<String> response = gateway.send(new Edit(ASKED).image());

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(gateway.code(response)).isEqualTo("moderation_blocked");
            assertThat(google.received()).isEmpty();
        }
    }

    @Test
    void errorIsThatOfTheRequestedModelIfAllFail() throws IOException {
        azure.next(AzureVendor.limited());
        google.next(GeminiVendor.overloaded());
        try (KindGateway gateway = gateway()) {
            HttpResponse<String> response = gateway.send(new Edit(ASKED).image());

            assertThat(response.statusCode()).isEqualTo(429);
            assertThat(gateway.ledger(response).path("state").asText()).isEqualTo("released");
            assertThat(google.posted()).hasSize(1);
        }
    }

    @Test
    void outcomeOfTheFallbackModelDecidesAboutMoney() throws IOException {
        azure.next(AzureVendor.error(503, "x", "not now"));
        google.next(GeminiVendor.image(1).cutOff());
        try (KindGateway gateway = gateway()) {
            HttpResponse<String> response = gateway.send(new Edit(ASKED).image());

            assertThat(response.statusCode()).isEqualTo(502);
            JsonNode edit = gateway.ledger(response);
            assertThat(edit.path("state").asText()).isEqualTo("undecided");
            assertThat(edit.path("model").asText()).isEqualTo(FALLBACK);
        }
    }

    @Test
    void maskIsEnforcedAtAFallbackModelWithoutMasks() throws IOException {
        azure.next(AzureVendor.error(503, "x", "not now"));
        try (KindGateway gateway = gateway()) {
            HttpResponse<String> response = gateway.send(new Edit(ASKED).image().mask().with("mask_mode", "strict")
                    .with("stream", "true"));

            assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
            assertThat(response.body()).contains("event: image_edit.completed");
            assertThat(header(response, WARNING)).contains("ran instead").contains("pixels around the mask were sent");
        }
    }

    @Test
    void unknownFallbackModelIsRefused() throws IOException {
        try (KindGateway gateway = gateway()) {
            HttpResponse<String> response = gateway.create("groups",
                    "{\"name\":\"other\",\"fallback_models\":[\"no-such-model\"]}");

            assertThat(response.statusCode()).isEqualTo(400);
            assertThat(response.body()).contains("There is no model 'no-such-model'.");
        }
    }
}
