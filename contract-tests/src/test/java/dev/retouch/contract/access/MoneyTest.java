package dev.retouch.contract.access;

import java.math.BigDecimal;
import java.net.http.HttpRequest;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Events;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** Never charged without an image, never an image without a charge. What faults of the upstream cost: {@code flow.ScenarioTest}. */
@TestInstance(Lifecycle.PER_CLASS)
class MoneyTest {

    /** Costs 0.016 per image, whatever is in it. */
    private static final Form SIXTEEN_MILLIS = CheapEdit.form();
    private static final Form EDIT = Form.ofInput().text("quality", "low").text("size", "1024x1024");

    private final RunningGateway gateway;
    private final Admin admin;
    private final Contract contract = new Contract();
    private int groups;

    MoneyTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
    }

    @AfterEach
    void forgetScenarios() {
        gateway.sandbox().scenarios().clear();
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    /** A key with this budget, in a new group without one. */
    private JsonNode issue(String budget) {
        String group = "money-" + groups++;
        admin.group(group, "");
        return admin.issue(group, budget.isEmpty() ? "" : "\"budget\":\"" + budget + "\"");
    }

    private JsonNode budget(JsonNode issued) {
        return admin.get("keys/" + issued.path("key").path("id").asText()).json().path("budget");
    }

    private void assertBudget(JsonNode issued, String available, String held, String spent) {
        JsonNode budget = budget(issued);
        assertThat(budget.path("available").asText()).as(budget.toString()).isEqualTo(available);
        assertThat(budget.path("held").asText()).as(budget.toString()).isEqualTo(held);
        assertThat(budget.path("spent").asText()).as(budget.toString()).isEqualTo(spent);
    }

    @Test
    void anEditCostsWhatItsUsageSays() {
        JsonNode issued = issue("5");
        Reply reply = admin.as(issued).editWithTrailers(EDIT);
        JsonNode usage = reply.json().path("usage");
        BigDecimal cost = millionths(usage.at("/input_tokens_details/text_tokens"), 5)
                .add(millionths(usage.at("/input_tokens_details/image_tokens"), 8))
                .add(millionths(usage.path("output_tokens"), 30));

        assertThat(reply.header("x-retouch-cost")).contains(cost.stripTrailingZeros().toPlainString() + " USD");
        assertBudget(issued, new BigDecimal("5").subtract(cost).stripTrailingZeros().toPlainString(), "0",
                cost.stripTrailingZeros().toPlainString());
    }

    private static BigDecimal millionths(JsonNode tokens, int price) {
        return BigDecimal.valueOf(tokens.asLong() * price, 6);
    }

    @Test
    void editCostsWithinItsQuote() {
        JsonNode issued = issue("5");
        Endpoint caller = admin.as(issued);
        Reply quote = Endpoint.send(caller.request("/v1/images/edits/quote").header("Content-Type", EDIT.contentType())
                .POST(HttpRequest.BodyPublishers.ofByteArray(EDIT.bytes())));
        contract.assertValid("Quote", quote.text());
        assertThat(quote.json().path("covered").asBoolean()).isTrue();
        assertThat(quote.json().path("parameters").path("quality").asText()).isEqualTo("low");
        assertBudget(issued, "5", "0", "0");

        String cost = caller.editWithTrailers(EDIT).header("x-retouch-cost").orElseThrow().replace(" USD", "");
        assertThat(new BigDecimal(cost)).isBetween(new BigDecimal(quote.json().path("minimum").asText()),
                new BigDecimal(quote.json().path("maximum").asText()));
    }

    @Test
    void aLinkCostsTheSameAndAStreamToo() throws Exception {
        JsonNode issued = issue("5");
        String cost = admin.as(issued).editWithTrailers(EDIT).header("x-retouch-cost").orElseThrow();
        assertThat(admin.as(issued).edit(EDIT.text("response_format", "url")).header("x-retouch-cost")).contains(cost);
        try (Events events = Events.of(admin.as(issued), EDIT.text("stream", "true"))) {
            assertThat(events.all().getLast().name()).isEqualTo("image_edit.completed");
        }
        BigDecimal spent = new BigDecimal(cost.replace(" USD", "")).multiply(BigDecimal.valueOf(3));
        assertThat(budget(issued).path("spent").asText()).isEqualTo(spent.stripTrailingZeros().toPlainString());
        assertThat(budget(issued).path("held").asText()).isEqualTo("0");
    }

    @Test
    void refusesEditAboveTheBudget() {
        JsonNode issued = issue("0.015");
        Reply reply = admin.as(issued).edit(SIXTEEN_MILLIS);
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.error().path("code").asText()).isEqualTo("insufficient_quota");
        assertThat(reply.error().path("type").asText()).isEqualTo("insufficient_quota");
        assertThat(reply.header("x-should-retry")).contains("false");
        assertThat(reply.header("retry-after")).isEmpty();
        assertBudget(issued, "0.015", "0", "0");

        admin.post("keys/" + issued.path("key").path("id").asText() + "/budget", "{\"amount\":\"0.001\"}");
        assertThat(admin.as(issued).edit(SIXTEEN_MILLIS).status()).isEqualTo(200);
        assertBudget(issued, "0", "0", "0.016");
    }

    @Test
    void theBudgetOfTheGroupCountsToo() {
        admin.group("money-poor", "\"budget\":\"0.02\"");
        Endpoint one = admin.key("money-poor", "\"budget\":\"5\"");
        Endpoint other = admin.key("money-poor", "");
        assertThat(one.edit(SIXTEEN_MILLIS).status()).isEqualTo(200);
        Reply reply = other.edit(SIXTEEN_MILLIS);
        assertThat(reply.status()).isEqualTo(429);
        assertThat(reply.error().path("message").asText()).contains("this key's group");
    }

    @Test
    void exactlyTheCoveredConcurrentEditsSucceed() throws Exception {
        JsonNode issued = issue("0.8");
        Endpoint caller = admin.as(issued);
        try (ExecutorService threads = Executors.newFixedThreadPool(32)) {
            List<Future<Integer>> edits = IntStream.range(0, 200)
                    .mapToObj(i -> threads.submit(() -> caller.edit(SIXTEEN_MILLIS).status())).toList();
            int delivered = 0;
            for (Future<Integer> edit : edits) {
                assertThat(edit.get()).isIn(200, 429);
                delivered += edit.get() == 200 ? 1 : 0;
            }
            assertThat(delivered).isEqualTo(50);
        }
        assertBudget(issued, "0", "0", "0.8");
    }

    @Test
    void fewerImagesThanAskedAreChargedAsDelivered() {
        JsonNode issued = issue("5");
        gateway.sandbox().scenarios().next(new Scenario.FewerImages(2));
        Reply reply = admin.as(issued).edit(SIXTEEN_MILLIS.text("n", "3"));
        assertThat(reply.images()).hasSize(1);
        assertBudget(issued, "4.984", "0", "0.016");
    }

    @Test
    void undecidedEditsEndByTheConfiguredPolicy() {
        for (String rule : List.of("charge", "release")) {
            try (RunningGateway hasty = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
                    "RETOUCH_UPSTREAM_TOTAL_TIMEOUT", "2s", "RETOUCH_BILLING_UNDECIDED_AFTER", "3s",
                    "RETOUCH_BILLING_UNDECIDED", rule))) {
                Admin owner = Admin.of(hasty).group("g", "");
                JsonNode issued = owner.issue("g", "\"budget\":\"1\"");
                hasty.sandbox().scenarios().next(new Scenario.Reset());
                assertThat(owner.as(issued).edit(SIXTEEN_MILLIS).status()).isEqualTo(502);
                String id = issued.path("key").path("id").asText();
                Awaitility.await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> {
                    JsonNode budget = owner.get("keys/" + id).json().path("budget");
                    assertThat(budget.path("held").asText()).isEqualTo("0");
                    assertThat(budget.path("spent").asText()).isEqualTo(rule.equals("charge") ? "0.016" : "0");
                });
            }
        }
    }

    @Test
    void theSandboxKeyCostsNothing() {
        Reply reply = gateway.endpoint().editWithTrailers(EDIT);
        assertThat(reply.header("x-retouch-cost")).contains("0 USD");
        JsonNode total = gateway.endpoint().get("/v1/usage").json().path("total");
        assertThat(total.path("cost").asText()).isEqualTo("0");
        assertThat(total.path("images").asInt()).isPositive();
    }

    @Test
    void reportsUsageByDayAndModel() {
        JsonNode issued = issue("5");
        Endpoint caller = admin.as(issued);
        caller.edit(SIXTEEN_MILLIS.text("n", "2"));
        caller.edit(EDIT);
        Reply usage = caller.get("/v1/usage?group_by=model");
        contract.assertValid("UsageReport", usage.text());
        assertThat(usage.json().path("data")).hasSize(2);
        assertThat(usage.json().path("data").findValuesAsText("model")).containsExactlyInAnyOrder("dall-e-2",
                "gpt-image-2");
        assertThat(usage.json().path("total").path("images").asInt()).isEqualTo(3);

        String group = issued.path("key").path("group").asText();
        Reply all = admin.get("usage?group_by=group,key&group=" + group);
        contract.assertValid("UsageReport", all.text());
        assertThat(all.json().path("data").path(0).path("group").asText()).isEqualTo(group);
        assertThat(all.json().path("total").path("cost")).isEqualTo(usage.json().path("total").path("cost"));

        Reply csv = Endpoint.send(caller.request("/v1/usage?group_by=model").header("Accept", "text/csv").GET());
        assertThat(csv.header("content-type").orElseThrow()).startsWith("text/csv");
        assertThat(csv.text().lines()).first().asString().startsWith("model,edits,images");
        assertThat(csv.text().lines()).hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(strings = {"group_by=colour", "start=yesterday", "end=2026-13-01", "start=2026-11-02&end=2026-11-01"})
    void refusesInvalidUsageQuery(String query) {
        Reply reply = gateway.endpoint().get("/v1/usage?" + query);
        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.error().path("code").asText()).isEqualTo("invalid_value");
    }
}
