package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.math.BigDecimal;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CompletionException;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.upstream.kind.KindGateway.Edit;
import dev.retouch.server.upstream.kind.ScriptedVendor.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Random kinds in random order, with random faults that break answers at random places: the ledger has what the vendors have invoiced.
 * {@code -Dretouch.failover.edits} and {@code -Dretouch.failover.seed} choose how many edits, and which.
 */
@Tag("slow")
class RandomFailoverTest {

    private static final String MODEL = "gemini-2.5-flash-image";
    private static final int MAX_ATTEMPTS = 3;
    private static final List<String> KINDS = List.of("gemini", "openrouter", "xai", "bfl");

    private final int edits = Integer.getInteger("retouch.failover.edits", 60);
    private final long seed = Long.getLong("retouch.failover.seed", 20_261_130);
    private final Random random = new Random(seed);
    private final Journal journal = new Journal();
    private final Map<List<String>, String> keys = new LinkedHashMap<>();

    @TempDir
    private Path folder = Path.of(".");
    private GeminiVendor google;
    private OpenRouterVendor router;
    private XaiVendor grok;
    private BflVendor flux;
    private KindGateway gateway;

    /** What the vendors have invoiced for an edit, and what they may have invoiced for work whose answer was lost. */
    private static final class Journal {

        private BigDecimal invoiced = BigDecimal.ZERO;
        private BigDecimal lost = BigDecimal.ZERO;

        synchronized void begin() {
            invoiced = BigDecimal.ZERO;
            lost = BigDecimal.ZERO;
        }

        synchronized void invoice(BigDecimal amount) {
            invoiced = invoiced.add(amount);
        }

        synchronized void lose(BigDecimal amount) {
            lost = lost.add(amount);
        }

        synchronized BigDecimal invoiced() {
            return invoiced;
        }

        synchronized BigDecimal lost() {
            return lost;
        }
    }

    @BeforeEach
    void start() throws IOException {
        google = new GeminiVendor();
        router = new OpenRouterVendor();
        grok = new XaiVendor();
        flux = new BflVendor();
        StringBuilder upstreams = new StringBuilder();
        for (int place = 1; place <= KINDS.size(); place++) {
            upstreams
                    .append("""
                            gemini-%1$d: {kind: gemini, url: %2$s/v1beta, key-env: VENDOR_KEY, priority: %1$d}
                            openrouter-%1$d: {kind: openrouter, url: %3$s/api/v1, key-env: VENDOR_KEY, priority: %1$d}
                            xai-%1$d: {kind: xai, url: %4$s/v1, key-env: VENDOR_KEY, priority: %1$d, models: {%6$s: grok-imagine-image}}
                            bfl-%1$d: {kind: bfl, url: %5$s/v1, key-env: VENDOR_KEY, priority: %1$d, models: {%6$s: flux-2-pro}}
                            """
                            .formatted(place, google.base(), router.base(), grok.base(), flux.base(), MODEL));
        }
        Path kinds = Files.writeString(folder.resolve("kinds.yaml"), "bfl: {poll: {every: 5ms}}\n");
        gateway = new KindGateway(folder, upstreams.toString(), "RETOUCH_UPSTREAM_MAX_ATTEMPTS",
                String.valueOf(MAX_ATTEMPTS), "RETOUCH_UPSTREAM_BREAKER_MIN_ATTEMPTS", "100000",
                "RETOUCH_UPSTREAM_KINDS_FILE", kinds.toString(), "RETOUCH_FETCH_PORTS",
                String.valueOf(flux.delivery().base().getPort()));
    }

    @AfterEach
    void stop() {
        gateway.close();
        flux.close();
        grok.close();
        router.close();
        google.close();
    }

    private synchronized int draw(int bound) {
        return random.nextInt(bound);
    }

    /** A vendor that fails cleanly, works and loses its answer, or works. */
    private Reply fault(Reply usual, BigDecimal invoice, Reply... clean) {
        int draw = draw(clean.length + 6);
        if (draw < clean.length) {
            return clean[draw];
        }
        if (draw == clean.length) {
            journal.lose(invoice);
            return usual.cutAfter(draw(usual.body().length));
        }
        if (draw == clean.length + 1) {
            journal.lose(invoice);
            return Reply.json(500, "{\"error\":{\"message\":\"internal\"},\"detail\":\"internal\"}");
        }
        journal.invoice(invoice);
        return usual;
    }

    private void script() {
        google.change(usual -> fault(usual,
                tokens("0.30", GeminiVendor.TEXT_TOKENS + GeminiVendor.IMAGE_TOKENS)
                        .add(tokens("30", GeminiVendor.OUTPUT_TOKENS)),
                GeminiVendor.overloaded(), GeminiVendor.invalidKey(), GeminiVendor.promptBlocked("SAFETY")));
        router.change(usual -> fault(usual, new BigDecimal("0.041234567"),
                OpenRouterVendor.error(402, "Insufficient credits"),
                OpenRouterVendor.error(403, "flagged by moderation")));
        grok.change(usual -> fault(usual, new BigDecimal("0.024000001"),
                XaiVendor.error(503, "Internal error", "Service temporarily unavailable"), XaiVendor.moderated()));
        flux.change(usual -> isSubmission(usual)
                ? fault(usual, new BigDecimal(BflVendor.COST).movePointLeft(2),
                        Reply.json(402, "{\"detail\":\"Insufficient credits\"}"),
                        Reply.json(503, "{\"detail\":\"overloaded\"}"))
                : usual);
    }

    private static boolean isSubmission(Reply reply) {
        return new String(reply.body(), java.nio.charset.StandardCharsets.UTF_8).contains("polling_url");
    }

    private static BigDecimal tokens(String perMillion, int count) {
        return new BigDecimal(perMillion).multiply(BigDecimal.valueOf(count)).movePointLeft(6);
    }

    /** The client is one of a group with some of the kinds, in this order. */
    private void use(List<String> order) {
        String key = keys.get(order);
        if (key != null) {
            gateway.useKey(key);
            return;
        }
        List<String> upstreams = new ArrayList<>();
        for (String kind : order) {
            upstreams.add("\"" + kind + "-" + (upstreams.size() + 1) + "\"");
        }
        gateway.useGroup("random-" + keys.size(), "\"upstreams\":[" + String.join(",", upstreams) + "]");
        keys.put(List.copyOf(order), gateway.key());
    }

    @Test
    void ledgerAgreesWithTheJournalsOfTheVendors() {
        script();
        int delivered = 0;
        for (int i = 0; i < edits; i++) {
            List<String> order = new ArrayList<>(KINDS);
            Collections.shuffle(order, random);
            List<String> used = order.subList(0, 1 + draw(MAX_ATTEMPTS));
            use(used);
            journal.begin();
            String what = "seed " + seed + ", edit " + i + " at " + used;
            Edit edit = new Edit(MODEL).image().with("n", String.valueOf(1 + draw(3)));
            JsonNode entry = entry(edit);
            String state = entry.path("state").asText();
            what += ": " + entry;
            switch (state) {
                case "settled" -> {
                    delivered++;
                    BigDecimal settled = new BigDecimal(entry.path("settled").asText());
                    // an answer that broke off behind its image has delivered it
                    assertThat(settled).as(what).isBetween(journal.invoiced(), journal.invoiced().add(journal.lost()));
                }
                case "undecided" -> assertThat(journal.lost()).as(what).isPositive();
                default -> {
                    assertThat(state).as(what).isEqualTo("released");
                    assertThat(journal.invoiced().add(journal.lost())).as(what).isZero();
                }
            }
        }
        assertThat(delivered).as("edits that were delivered").isGreaterThan(edits / 4);
    }

    /** Runs an edit, and returns what the ledger has of it. */
    private JsonNode entry(Edit edit) {
        JsonNode before = newest();
        try {
            HttpResponse<String> response = gateway.send(edit);
            return gateway.ledger(response);
        } catch (CompletionException e) {
            // the response had begun when the answer broke off
            Eventually.so("the edit has ended",
                    () -> !newest().path("id").equals(before.path("id"))
                            && !newest().path("state").asText().equals("held"));
            return newest();
        }
    }

    private JsonNode newest() {
        return gateway.admin("edits?limit=1").path("data").path(0);
    }
}
