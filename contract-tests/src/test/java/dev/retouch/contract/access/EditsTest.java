package dev.retouch.contract.access;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** Single edits with their postings, for administrators and for the holder of a key; and the state of the upstreams. */
@TestInstance(Lifecycle.PER_CLASS)
class EditsTest {

    private final RunningGateway gateway;
    private final Admin admin;

    EditsTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_SHUTDOWN_GRACE", "0s"));
        admin = Admin.of(gateway);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static JsonNode right(Reply reply) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        return reply.json();
    }

    private static String stateInUsage(Endpoint client, String request) {
        return client.get("/v1/usage?request_id=" + request).json().at("/edits/0/state").asText();
    }

    private static String id(Reply reply) {
        return reply.header("x-request-id").orElseThrow();
    }

    private static List<String> ids(JsonNode list) {
        List<String> ids = new ArrayList<>();
        list.path("data").forEach(edit -> ids.add(edit.path("id").asText()));
        return ids;
    }

    private JsonNode edit(String id) {
        return right(admin.get("edits/" + id));
    }

    private static void assertPosting(JsonNode transfer, String owner, String account, String amount) {
        assertThat(transfer.path("postings")).as(transfer.toString())
                .anyMatch(posting -> posting.path("owner").asText().equals(owner)
                        && posting.path("account").asText().equals(account)
                        && posting.path("amount").asText().equals(amount));
    }

    @Test
    void everyStateHasItsPostings() {
        Endpoint client = admin.group("states", "").key("states", "");
        String settled = id(client.edit(CheapEdit.form()));
        gateway.sandbox().scenarios().next(Scenario.rateLimit(0));
        String released = id(client.edit(CheapEdit.form()));
        gateway.sandbox().scenarios().next(Scenario.status(500));
        String undecided = id(client.edit(CheapEdit.form()));
        gateway.sandbox().scenarios().next(Scenario.delay(Duration.ofSeconds(60)));
        CompletableFuture<Reply> running = CompletableFuture.supplyAsync(() -> client.edit(CheapEdit.form()));
        Awaitility.await().atMost(Duration.ofSeconds(20))
                .until(() -> right(admin.get("edits?group=states&state=held")).path("data").size() == 1);

        assertThat(stateInUsage(client, released)).isEqualTo("released");
        assertThat(stateInUsage(client, undecided)).isEqualTo("undecided");
        assertThat(stateInUsage(client, right(admin.get("edits?group=states&state=held")).at("/data/0/id").asText()))
                .isEqualTo("held");
        JsonNode upstreams = right(admin.get("upstreams")).path("data");
        assertThat(upstreams).singleElement().satisfies(upstream -> {
            assertThat(upstream.path("name").asText()).isEqualTo("sandbox");
            assertThat(upstream.path("state").asText()).isEqualTo("ok");
            assertThat(upstream.path("in_flight").asInt()).isEqualTo(1);
            assertThat(upstream.at("/last_failure/outcome").asText()).isEqualTo("failed");
            assertThat(upstream.at("/last_failure/at").asLong()).isPositive();
        });
        running.cancel(true);

        JsonNode transfers = edit(settled).path("transfers");
        assertThat(transfers).extracting(transfer -> transfer.path("kind").asText()).containsExactly("hold", "settle");
        assertPosting(transfers.get(0), "group:states", "available", "-0.016");
        assertPosting(transfers.get(0), "group:states", "held", "0.016");
        assertPosting(transfers.get(1), "group:states", "held", "-0.016");
        assertPosting(transfers.get(1), "group:states", "spent", "0.016");
        assertThat(edit(settled).path("settled").asText()).isEqualTo("0.016");
        assertThat(edit(released).path("state").asText()).isEqualTo("released");
        assertThat(edit(released).path("transfers")).extracting(transfer -> transfer.path("kind").asText())
                .containsExactly("hold", "release");
        assertThat(edit(undecided).path("state").asText()).isEqualTo("undecided");
        assertThat(edit(undecided).path("transfers")).hasSize(1);
        assertThat(ids(right(admin.get("edits?group=states&state=undecided")))).containsExactly(undecided);
    }

    @Test
    void listIsReadInPages() {
        Endpoint client = admin.group("pages", "").key("pages", "");
        List<String> sent = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            sent.addFirst(id(client.edit(CheapEdit.form())));
        }
        JsonNode first = right(admin.get("edits?group=pages&limit=2"));
        assertThat(first.path("has_more").asBoolean()).isTrue();
        JsonNode second = right(admin.get("edits?group=pages&limit=2&after=" + ids(first).getLast()));
        assertThat(second.path("has_more").asBoolean(true)).isFalse();
        List<String> read = new ArrayList<>(ids(first));
        read.addAll(ids(second));
        assertThat(read).isEqualTo(sent);
    }

    @Test
    void filtersSelectByKeyModelTimeAndRequest() {
        admin.group("filters", "");
        JsonNode issued = admin.issue("filters", "");
        String edit = id(admin.as(issued).edit(CheapEdit.form()));
        id(admin.key("filters", "").edit(CheapEdit.form()));
        String key = issued.at("/key/id").asText();
        assertThat(ids(right(admin.get("edits?key=" + key)))).containsExactly(edit);
        assertThat(ids(right(admin.get("edits?request_id=" + edit)))).containsExactly(edit);
        assertThat(ids(right(admin.get("edits?key=" + key + "&model=dall-e-2")))).containsExactly(edit);
        assertThat(ids(right(admin.get("edits?key=" + key + "&model=gpt-image-1")))).isEmpty();
        assertThat(ids(right(admin.get("edits?key=" + key + "&since=2026-01-01&until=2999-01-01T00:00:00Z"))))
                .containsExactly(edit);
        assertThat(ids(right(admin.get("edits?key=" + key + "&until=2026-01-01")))).isEmpty();
    }

    @Test
    void keyListsItsOwnEditsOnly() {
        admin.group("owners", "");
        Endpoint mine = admin.key("owners", "");
        Endpoint other = admin.key("owners", "");
        String edit = id(mine.edit(CheapEdit.form()));
        String foreign = id(other.edit(CheapEdit.form()));
        JsonNode list = right(
                mine.get("/v1/edits?model=dall-e-2&state=settled&since=2026-01-01&until=2999-01-01&limit=5"));
        assertThat(ids(list)).containsExactly(edit);
        assertThat(list.at("/data/0/transfers").isMissingNode()).isTrue();
        Reply after = mine.get("/v1/edits?after=" + foreign);
        assertThat(after.status()).isEqualTo(400);
        assertThat(after.error().path("param").asText()).isEqualTo("after");
        assertThat(ids(right(mine.get("/v1/edits?after=" + edit)))).isEmpty();
        assertThat(mine.get("/admin/v1/edits").status()).isEqualTo(401);
    }

    @Test
    void wrongValuesAreNamed() {
        for (String query : List.of("limit=0", "limit=101", "limit=x", "state=lost", "since=yesterday",
                "until=2026-13-01", "after=req_unknown")) {
            Reply reply = admin.get("edits?" + query);
            assertThat(reply.status()).as(query).isEqualTo(400);
            assertThat(reply.error().path("param").asText()).isEqualTo(query.replaceAll("=.*", ""));
        }
        Reply missing = admin.get("edits/req_unknown");
        assertThat(missing.status()).isEqualTo(404);
        assertThat(missing.error().path("code").asText()).isEqualTo("edit_not_found");
    }
}
