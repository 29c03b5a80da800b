package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.upstream.kind.KindGateway.Edit;
import dev.retouch.server.upstream.kind.ScriptedVendor.Reply;

import static dev.retouch.server.upstream.kind.KindGateway.header;
import static org.assertj.core.api.Assertions.assertThat;

/** Failover from one kind to another: whatever fails and where, an edit costs what the vendors' journals say. */
@Tag("slow")
class FailoverMoneyTest {

    private static final String MODEL = "gemini-2.5-flash-image";
    private static final BigDecimal GEMINI_INVOICE = new BigDecimal("0.30")
            .multiply(BigDecimal.valueOf(GeminiVendor.TEXT_TOKENS + GeminiVendor.IMAGE_TOKENS))
            .add(new BigDecimal("30").multiply(BigDecimal.valueOf(GeminiVendor.OUTPUT_TOKENS))).movePointLeft(6);
    private static final BigDecimal ROUTER_INVOICE = new BigDecimal("0.041234567");
    private static final int EDITS = 40;

    @TempDir
    private Path folder = Path.of(".");
    private GeminiVendor google;
    private OpenRouterVendor router;
    private AzureVendor azure;
    private KindGateway gateway;

    @BeforeEach
    void start() throws IOException {
        google = new GeminiVendor();
        router = new OpenRouterVendor();
        azure = new AzureVendor();
        gateway = new KindGateway(folder, """
                google:
                  kind: gemini
                  url: %s/v1beta
                  key-env: VENDOR_KEY
                  models: {gpt-image-2: gemini-2.5-flash-image}
                router:
                  kind: openrouter
                  url: %s/api/v1
                  key-env: VENDOR_KEY
                  priority: 2
                azure:
                  kind: azure
                  url: %s
                  deployments: {gpt-image-2: my-deployment}
                  key-env: VENDOR_KEY
                  priority: 2
                """.formatted(google.base(), router.base(), azure.base()), "RETOUCH_UPSTREAM_MAX_ATTEMPTS", "2",
                "RETOUCH_UPSTREAM_BREAKER_MIN_ATTEMPTS", "1000");
    }

    @AfterEach
    void stop() {
        gateway.close();
        azure.close();
        router.close();
        google.close();
    }

    private static BigDecimal cost(HttpResponse<String> response) {
        return new BigDecimal(header(response, "x-retouch-cost").replace(" USD", ""));
    }

    @Test
    void overloadedGeminiFailsOverToAzureAndIsChargedOnce() {
        google.next(GeminiVendor.overloaded());
        HttpResponse<String> response = gateway.send(new Edit("gpt-image-2").image());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(azure.posted()).hasSize(1);
        // 10 tokens of text, 200 of images, 4160 of the result
        assertThat(cost(response)).isEqualByComparingTo(new BigDecimal("0.12645"));
        assertThat(gateway.ledger(response).path("settled").asText()).isEqualTo(cost(response).toPlainString());
    }

    @Test
    void maskGoesToTheKindThatHasMasks() {
        HttpResponse<String> response = gateway.send(new Edit("gpt-image-2").image().mask());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(google.received()).isEmpty();
        assertThat(azure.posted()).hasSize(1);
    }

    @Test
    void invalidKeyOfOneKindFailsOver() {
        google.next(GeminiVendor.invalidKey());
        HttpResponse<String> response = gateway.send(new Edit(MODEL).image());

        assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
        assertThat(cost(response)).isEqualByComparingTo(ROUTER_INVOICE);
    }

    /** What two vendors have invoiced, and how often they may have done work that was lost. */
    private static final class Journal {

        private BigDecimal invoiced = BigDecimal.ZERO;
        private final AtomicInteger unknown = new AtomicInteger();

        synchronized void add(BigDecimal invoice) {
            invoiced = invoiced.add(invoice);
        }

        synchronized BigDecimal invoiced() {
            return invoiced;
        }
    }

    private static UnaryOperator<Reply> faults(Random random, Journal journal, BigDecimal invoice, Reply... clean) {
        return usual -> {
            int draw;
            synchronized (random) {
                draw = random.nextInt(clean.length + 6);
            }
            if (draw < clean.length) {
                return clean[draw];
            }
            if (draw == clean.length) {
                journal.unknown.incrementAndGet();
                return usual.cutOff();
            }
            if (draw == clean.length + 1) {
                journal.unknown.incrementAndGet();
                return Reply.json(500, "{\"error\":{\"message\":\"internal\"}}");
            }
            journal.add(invoice);
            return usual;
        };
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2026, 987_654_321})
    void costAgreesWithTheJournalsOfTheVendors(long seed) {
        Random random = new Random(seed);
        for (int i = 0; i < EDITS; i++) {
            Journal journal = new Journal();
            google.change(faults(random, journal, GEMINI_INVOICE, GeminiVendor.overloaded(), GeminiVendor.invalidKey(),
                    GeminiVendor.limited("0.1s"), GeminiVendor.promptBlocked("SAFETY")));
            router.change(faults(random, journal, ROUTER_INVOICE, OpenRouterVendor.error(402, "Insufficient credits"),
                    OpenRouterVendor.error(429, "Rate limited"), OpenRouterVendor.error(403, "flagged by moderation")));
            int count;
            synchronized (random) {
                count = 1 + random.nextInt(3);
            }
            HttpResponse<String> response = gateway.send(new Edit(MODEL).image().with("n", String.valueOf(count)));
            String what = "seed " + seed + ", edit " + i + ": " + response.statusCode() + " " + response.body();

            JsonNode edit = gateway.ledger(response);
            String state = edit.path("state").asText();
            if (response.statusCode() == 200) {
                assertThat(cost(response)).as(what).isEqualByComparingTo(journal.invoiced());
                assertThat(new BigDecimal(edit.path("settled").asText())).as(what)
                        .isEqualByComparingTo(journal.invoiced());
            } else if (state.equals("undecided")) {
                assertThat(journal.unknown.get()).as(what).isPositive();
            } else {
                assertThat(state).as(what).isEqualTo("released");
                assertThat(journal.invoiced()).as(what).isZero();
                assertThat(journal.unknown.get()).as(what).isZero();
            }
        }
        assertThat(gateway.admin("edits?state=held").path("data")).isEmpty();
    }
}
