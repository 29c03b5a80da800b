package dev.retouch.contract.coverage;

import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
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

import static org.assertj.core.api.Assertions.assertThat;

/** Every field of groups and keys that can be set is there again when one looks. */
@TestInstance(Lifecycle.PER_CLASS)
class AdministrationTest {

    private static final String LIMITS = "{\"concurrent_edits\":2,\"queue\":3,\"queue_wait_seconds\":4,"
            + "\"requests_per_minute\":5,\"images_per_minute\":6}";
    private static final String MODERATION = "{\"mode\":\"observe\",\"on_failure\":\"open\",\"thresholds\":{\"hate\":0.5}}";
    private static final long LATER = 4_000_000_000L;

    private final RunningGateway gateway;
    private final Admin admin;

    AdministrationTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static JsonNode right(Reply reply, int status) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(status);
        return reply.json();
    }

    @Test
    void aGroupIsWhatItIsChangedTo() {
        admin.group("changed", "");
        String change = "{\"platform\":\"elsewhere\",\"image_permission\":false,\"models\":[\"dall-e-2\"],"
                + "\"upstreams\":[\"sandbox\"],\"limits\":" + LIMITS + ",\"moderation\":" + MODERATION + "}";
        right(admin.patch("groups/changed", change), 200);
        JsonNode group = right(admin.get("groups/changed"), 200);
        assertThat(group.path("platform").asText()).isEqualTo("elsewhere");
        assertThat(group.path("image_permission").asBoolean(true)).isFalse();
        assertThat(group.path("models")).extracting(JsonNode::asText).containsExactly("dall-e-2");
        assertThat(group.path("upstreams")).extracting(JsonNode::asText).containsExactly("sandbox");
        assertThat(group.path("limits")).hasToString(LIMITS);
        assertThat(group.path("moderation")).hasToString(MODERATION);
    }

    @Test
    void moneyIsGivenToGroupsAndKeysWithANote() {
        admin.group("rich", "");
        String id = admin.issue("rich", "\"limits\":" + LIMITS).at("/key/id").asText();
        for (String path : new String[]{"groups/rich", "keys/" + id}) {
            assertThat(right(admin.post(path + "/budget", "{\"amount\":\"7.5\",\"note\":\"a present\"}"), 200)
                    .path("available").asText()).isEqualTo("7.5");
        }
    }

    /** Both are written by people's own scripts. */
    @Test
    void anAmountMayBeANumberAndANoteIsNoBook() {
        admin.group("counted", "");
        assertThat(right(admin.post("groups/counted/budget", "{\"amount\":7}"), 200).path("available").asText())
                .isEqualTo("7");
        assertThat(right(admin.post("groups/counted/budget", "{\"amount\":\"1\",\"note\":\"" + "ä".repeat(201) + "\"}"),
                400).at("/error/code").asText()).isEqualTo("string_above_max_length");
        for (String amount : new String[]{"1e3", "\u0661", " 1", ".5"}) {
            assertThat(right(admin.post("groups/counted/budget", "{\"amount\":\"" + amount + "\"}"), 400)
                    .at("/error/code").asText()).as(amount).isEqualTo("invalid_value");
        }
    }

    @Test
    void aKeyIsWhatItIsChangedTo() {
        String id = admin.group("holders", "").issue("holders", "").at("/key/id").asText();
        right(admin.patch("keys/" + id, "{\"label\":\"laptop\",\"expires_at\":" + LATER + ",\"limits\":" + LIMITS
                + "}"), 200);
        JsonNode key = right(admin.get("keys/" + id), 200);
        assertThat(key.path("label").asText()).isEqualTo("laptop");
        assertThat(key.path("expires_at").asLong()).isEqualTo(LATER);
        assertThat(key.path("limits")).hasToString(LIMITS);
    }

    @Test
    void aRevokedKeyIsNotChangedAnyMore() {
        JsonNode issued = admin.group("revoked", "").issue("revoked", "");
        String id = issued.at("/key/id").asText();
        JsonNode next = right(admin.post("keys/" + id + "/rotate", "{\"grace_seconds\":60}"), 201);
        assertThat(right(admin.as(issued).get("/v1/models"), 200).path("object").asText()).isEqualTo("list");
        String nextId = next.at("/key/id").asText();
        right(Endpoint.send(new Endpoint(gateway.baseUrl(), Admin.TOKEN).request("/admin/v1/keys/" + nextId).DELETE()),
                200);
        right(admin.patch("keys/" + nextId, "{\"disabled\":false}"), 409);
        right(admin.post("keys/" + nextId + "/rotate", "{}"), 409);
    }

    @Test
    void usageIsThatOfOneKeyUntilADay() {
        JsonNode issued = admin.group("users", "").issue("users", "");
        right(admin.as(issued).edit(CheapEdit.form()), 200);
        admin.key("users", "").edit(CheapEdit.form());
        String of = "usage?key=" + issued.at("/key/id").asText();
        assertThat(right(admin.get(of), 200).at("/total/edits").asLong()).isEqualTo(1);
        assertThat(right(admin.get(of + "&start=2026-01-01&end=2026-01-02"), 200).at("/total/edits").asLong()).isZero();
    }

    @Test
    void usageIsATableOnRequest() {
        admin.group("tabled", "").key("tabled", "").edit(CheapEdit.form());
        Reply table = Endpoint.send(new Endpoint(gateway.baseUrl(), Admin.TOKEN)
                .request("/admin/v1/usage?group_by=group").header("Accept", "text/csv").GET());
        assertThat(table.status()).as(table.beginning()).isEqualTo(200);
        assertThat(table.header("content-type").orElseThrow()).startsWith("text/csv");
        assertThat(table.text().lines().findFirst().orElseThrow()).startsWith("group,edits,");
    }

    @Test
    void aLogLevelIsWhatItIsChangedTo() {
        String logger = "dev.retouch.server.upstream";
        for (String level : new String[]{"off", "error", "warn", "info", "debug", "trace"}) {
            JsonNode changed = right(
                    admin.patch("log-levels", "{\"logger\":\"" + logger + "\",\"level\":\"" + level + "\"}"), 200);
            assertThat(changed).isEqualTo(right(admin.get("log-levels"), 200));
            assertThat(changed.path("levels")).anySatisfy(entry -> {
                assertThat(entry.path("logger").asText()).isEqualTo(logger);
                assertThat(entry.path("level").asText()).isEqualTo(level);
            });
        }
        right(admin.patch("log-levels", "{\"logger\":\"" + logger + "\",\"level\":\"info\"}"), 200);
        assertThat(right(admin.patch("log-levels", "{\"logger\":\"org.eclipse.jetty\",\"level\":\"debug\"}"), 400)
                .at("/error/param").asText()).as("it would log headers with secrets").isEqualTo("logger");
        for (String wrong : new String[]{"{\"logger\":\"dev.retouch\",\"level\":\"loud\"}",
                "{\"logger\":\"dev.retouch\"}", "{\"level\":\"info\"}"}) {
            right(admin.patch("log-levels", wrong), 400);
        }
    }
}
