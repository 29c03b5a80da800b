package dev.retouch.contract.access;

import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** Money by hand: funding that is repeated, edits that are settled, released and refunded, and what the ledger says of them. */
@TestInstance(Lifecycle.PER_CLASS)
class LedgerOperationsTest {

    private final RunningGateway gateway;
    private final Admin admin;

    LedgerOperationsTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
    }

    @BeforeEach
    void forget() {
        gateway.sandbox().scenarios().clear();
    }

    @AfterAll
    void stop() {
        try (LedgerProbe books = LedgerProbe.of(gateway.dataDir())) {
            books.assertSound();
        }
        gateway.close();
    }

    private Reply post(String path, String json, String id) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(gateway.baseUrl() + "/admin/v1/" + path))
                .header("Authorization", "Bearer " + Admin.TOKEN).header("Content-Type", "application/json");
        return Endpoint.send((id.isEmpty() ? request : request.header("Idempotency-Key", id))
                .POST(BodyPublishers.ofString(json)));
    }

    private static JsonNode right(Reply reply) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        return reply.json();
    }

    private static void assertRefused(Reply reply, int status, String code, String param) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(status);
        assertThat(reply.error().path("code").asText()).isEqualTo(code);
        assertThat(reply.error().path("param").asText()).isEqualTo(param);
    }

    private String undecided(String group) {
        gateway.sandbox().scenarios().next(Scenario.status(500));
        String id = admin.key(group, "").edit(CheapEdit.form()).header("x-request-id").orElseThrow();
        assertThat(right(admin.get("edits/" + id)).path("state").asText()).isEqualTo("undecided");
        return id;
    }

    private String settled(String group) {
        Reply reply = admin.key(group, "").edit(CheapEdit.form());
        assertThat(reply.status()).isEqualTo(200);
        return reply.header("x-request-id").orElseThrow();
    }

    private static List<String> values(JsonNode list, String field) {
        List<String> values = new ArrayList<>();
        list.path("data").forEach(element -> values.add(element.path(field).asText()));
        return values;
    }

    @Test
    void fundingWithTheSameIdIsBookedOnce() {
        admin.group("repeated", "");
        String key = admin.issue("repeated", "").at("/key/id").asText();
        for (String owner : List.of("groups/repeated", "keys/" + key)) {
            String id = "order of " + owner.replace('/', '-');
            id = id.replace(' ', '_');
            String path = owner + "/budget";
            Reply first = post(path, "{\"amount\":\"5\",\"note\":\"November\"}", id);
            assertThat(first.header("idempotent-replayed")).isEmpty();
            assertThat(right(post(path, "{\"amount\":\"1\"}", "")).path("available").asText()).isEqualTo("6");
            Reply second = post(path, "{\"amount\":\"5\",\"note\":\"November\"}", id);
            assertThat(second.header("idempotent-replayed")).contains("true");
            assertThat(right(second)).as("the first result").isEqualTo(right(first));
            assertThat(right(admin.get(owner)).at("/budget/available").asText()).isEqualTo("6");
            assertRefused(post(path, "{\"amount\":\"6\",\"note\":\"November\"}", id), 409, "conflict",
                    "Idempotency-Key");
            assertRefused(post(path, "{\"amount\":\"6\"}", "two words"), 400, "invalid_value", "Idempotency-Key");
        }
    }

    @Test
    void undecidedEditsAreSettledOrReleased() {
        admin.group("undecided", "\"budget\":\"10\"");
        String whole = undecided("undecided");
        String part = undecided("undecided");
        String released = undecided("undecided");
        assertRefused(post("edits/" + part + "/settle", "{\"amount\":\"0.017\"}", ""), 400, "invalid_value", "amount");
        assertRefused(post("edits/" + part + "/settle", "{\"amount\":\"much\"}", ""), 400, "invalid_value", "amount");

        JsonNode settled = right(post("edits/" + whole + "/settle", "{\"note\":\"seen in their bill\"}", "settle-1"));
        assertThat(settled.path("state").asText()).isEqualTo("settled");
        assertThat(settled.path("settled").asText()).isEqualTo(CheapEdit.PRICE);
        assertThat(settled.path("note").asText()).isEqualTo("seen in their bill");
        assertThat(settled.at("/transfers/1/kind").asText()).isEqualTo("settle");
        assertThat(post("edits/" + whole + "/settle", "{\"note\":\"seen in their bill\"}", "settle-1")
                .header("idempotent-replayed")).contains("true");
        assertRefused(post("edits/" + whole + "/settle", "{}", ""), 409, "conflict", "edit");
        assertRefused(post("edits/" + part + "/settle", "{}", "settle-1"), 409, "conflict", "Idempotency-Key");

        assertThat(right(post("edits/" + part + "/settle", "{\"amount\":\"0.001\"}", "")).path("settled").asText())
                .isEqualTo("0.001");
        JsonNode free = right(post("edits/" + released + "/release", "{\"note\":\"never ran\"}", "release-1"));
        assertThat(free.path("state").asText()).isEqualTo("released");
        assertThat(post("edits/" + released + "/release", "{\"note\":\"never ran\"}", "release-1")
                .header("idempotent-replayed")).contains("true");
        assertRefused(post("edits/" + released + "/release", "{}", ""), 409, "conflict", "edit");
        JsonNode budget = right(admin.get("groups/undecided")).path("budget");
        assertThat(budget.path("held").asText()).isEqualTo("0");
        assertThat(budget.path("spent").asText()).isEqualTo("0.017");
    }

    @Test
    void refundIsBookedOnceAndAtMostTheCost() {
        admin.group("refunded", "\"budget\":\"10\"");
        String edit = settled("refunded");
        String path = "edits/" + edit + "/refund";
        assertRefused(post(path, "{}", ""), 400, "missing_required_parameter", "Idempotency-Key");
        assertRefused(post(path, "{\"amount\":\"0.0161\"}", "refund-0"), 400, "invalid_value", "amount");
        JsonNode refunded = right(post(path, "{\"amount\":\"0.006\",\"note\":\"a broken image\"}", "refund-1"));
        assertThat(refunded.path("refunded").asText()).isEqualTo("0.006");
        assertThat(refunded.path("settled").asText()).isEqualTo(CheapEdit.PRICE);
        assertThat(refunded.at("/transfers/2/kind").asText()).isEqualTo("refund");
        assertThat(refunded.at("/transfers/2/note").asText()).isEqualTo("a broken image");
        Reply again = post(path, "{\"amount\":\"0.006\",\"note\":\"a broken image\"}", "refund-1");
        assertThat(again.header("idempotent-replayed")).contains("true");
        assertThat(right(again).path("refunded").asText()).isEqualTo("0.006");
        assertThat(right(post(path, "{}", "refund-2")).path("refunded").asText()).isEqualTo(CheapEdit.PRICE);
        assertRefused(post(path, "{}", "refund-3"), 409, "conflict", "edit");
        assertThat(right(admin.get("groups/refunded")).at("/budget/spent").asText()).isEqualTo("0");
        JsonNode usage = right(admin.get("usage?group=refunded&group_by=group"));
        assertThat(usage.at("/total/cost").asText()).isEqualTo(CheapEdit.PRICE);
        assertThat(usage.at("/total/refunded").asText()).isEqualTo(CheapEdit.PRICE);
    }

    @Test
    void groupOfTheSameNameInheritsNothing() {
        admin.group("again", "\"budget\":\"10\"");
        JsonNode issued = admin.issue("again", "");
        admin.as(issued).edit(CheapEdit.form());
        right(admin.send("DELETE", "keys/" + issued.at("/key/id").asText(), ""));
        assertThat(admin.send("DELETE", "groups/again", "").status()).isEqualTo(204);
        admin.group("again", "");
        JsonNode budget = right(admin.get("groups/again")).path("budget");
        assertThat(budget.path("limited").asBoolean(true)).isFalse();
        assertThat(budget.path("available").asText()).isEqualTo("0");
        assertThat(budget.path("spent").asText()).isEqualTo("0");
    }

    @Test
    void transfersAreListedByOwnerEditKindAndTime() {
        admin.group("listed", "\"budget\":\"10\"");
        String edit = settled("listed");
        right(post("edits/" + edit + "/refund", "{}", "refund-listed"));
        String other = undecided("listed");
        right(post("edits/" + other + "/release", "{}", ""));
        right(post("groups/listed/budget", "{\"amount\":\"-1\"}", ""));
        for (JsonNode key : right(admin.get("keys?group=listed")).path("data")) {
            right(admin.send("DELETE", "keys/" + key.path("id").asText(), ""));
        }
        assertThat(admin.send("DELETE", "groups/listed", "").status()).isEqualTo(204);

        String owner = "ledger/transfers?owner=group:listed";
        List<String> kinds = values(right(admin.get(owner)), "kind");
        assertThat(kinds).containsExactly("close", "withdraw", "release", "hold", "refund", "settle", "hold", "fund");
        JsonNode first = right(admin.get(owner + "&limit=5"));
        assertThat(first.path("has_more").asBoolean()).isTrue();
        JsonNode second = right(admin.get(owner + "&limit=5&after=" + values(first, "id").getLast()));
        assertThat(second.path("has_more").asBoolean(true)).isFalse();
        assertThat(values(first, "kind").size() + values(second, "kind").size()).isEqualTo(kinds.size());
        JsonNode ofEdit = right(admin.get("ledger/transfers?request_id=" + edit));
        assertThat(values(ofEdit, "kind")).containsExactly("refund", "settle", "hold");
        assertThat(values(ofEdit, "edit")).containsOnly(edit);
        JsonNode funding = right(admin.get(owner + "&kind=fund")).at("/data/0");
        assertThat(funding.has("edit")).isFalse();
        assertThat(funding.path("postings")).anySatisfy(posting -> {
            assertThat(posting.path("account").asText()).isEqualTo("funding");
            assertThat(posting.path("amount").asText()).isEqualTo("-10");
        });
        assertThat(values(right(admin.get(owner + "&since=2026-01-01&until=2999-01-01T00:00:00Z")), "kind"))
                .isEqualTo(kinds);
        assertThat(values(right(admin.get(owner + "&until=2026-01-01")), "kind")).isEmpty();
        for (String query : List.of("limit=0", "kind=gift", "since=yesterday", "until=2026-13-01", "after=x",
                "after=99999999")) {
            assertRefused(admin.get("ledger/transfers?" + query), 400, "invalid_value",
                    query.replaceAll("=.*", ""));
        }
    }

    @Test
    void ledgerIsVerifiedOnRequest() {
        try (RunningGateway fresh = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN))) {
            Admin own = Admin.of(fresh);
            assertThat(right(own.get("ledger/verification")).path("state").asText()).isEqualTo("none");
            own.group("verified", "\"budget\":\"1\"").key("verified", "").edit(CheapEdit.form());
            JsonNode result = right(own.send("POST", "ledger/verification", ""));
            assertThat(result.path("state").asText()).isEqualTo("sound");
            assertThat(result.path("transactions").asLong()).isEqualTo(3);
            assertThat(result.path("entries").asLong()).isPositive();
            assertThat(result.path("edits").asLong()).isEqualTo(1);
            assertThat(result.path("findings")).isEmpty();
            assertThat(result.path("finished_at").asLong())
                    .isGreaterThanOrEqualTo(result.path("started_at").asLong());
            assertThat(right(own.get("ledger/verification"))).isEqualTo(result);
            assertThat(result.has("after")).isFalse();
            JsonNode rest = right(own.send("POST", "ledger/verification", ""));
            assertThat(rest.path("after").asText()).as("the last transfer of the first verification").isEqualTo("3");
            assertThat(rest.path("transactions").asLong(-1)).isZero();
            JsonNode all = right(own.send("POST", "ledger/verification?all=true", ""));
            assertThat(all.path("state").asText()).isEqualTo("sound");
            assertThat(all.path("transactions").asLong()).isEqualTo(3);
            assertThat(own.send("POST", "ledger/verification?all=maybe", "").status()).isEqualTo(400);
        }
    }

    @Test
    void groupsAndKeysAreListedInPages() {
        for (String name : List.of("page-a", "page-b", "page-c")) {
            admin.group(name, "\"budget\":\"2\"");
        }
        JsonNode groups = right(admin.get("groups?limit=2&after=page-a"));
        assertThat(values(groups, "name")).startsWith("page-b", "page-c");
        assertThat(groups.at("/data/0/budget/available").asText()).isEqualTo("2");
        assertThat(right(admin.get("groups")).path("has_more").asBoolean(true)).isFalse();
        assertThat(right(admin.get("groups?limit=1")).path("has_more").asBoolean()).isTrue();

        List<String> issued = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            issued.add(admin.issue("page-a", "\"budget\":\"1\"").at("/key/id").asText());
        }
        List<String> read = new ArrayList<>();
        String after = "";
        JsonNode page;
        do {
            page = right(admin.get("keys?group=page-a&limit=2" + after));
            assertThat(page.at("/data/0/budget/available").asText()).isEqualTo("1");
            read.addAll(values(page, "id"));
            after = "&after=" + read.getLast();
        } while (page.path("has_more").asBoolean());
        assertThat(read).containsExactlyInAnyOrderElementsOf(issued);
        assertThat(values(right(admin.get("keys?group=page-a")), "id")).isEqualTo(read);
        assertRefused(admin.get("groups?after=nobody"), 400, "invalid_value", "after");
        assertRefused(admin.get("keys?group=page-b&after=" + issued.getFirst()), 400, "invalid_value", "after");
        assertRefused(admin.get("keys?limit=1000"), 400, "invalid_value", "limit");
    }

    @Test
    void reportsAreBounded() {
        assertThat(admin.get("usage?start=2026-01-01&end=2027-01-01").status()).isEqualTo(200);
        assertRefused(admin.get("usage?start=2026-01-01&end=2027-01-02"), 400, "invalid_value", "start");
    }
}
