package dev.retouch.contract.access;

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

/** What the holder of an API key learns about it, and what not. */
@TestInstance(Lifecycle.PER_CLASS)
class OwnKeyTest {

    private final RunningGateway gateway;
    private final Admin admin;

    OwnKeyTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static JsonNode own(Endpoint client) {
        Reply reply = client.get("/v1/key");
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        return reply.json();
    }

    @Test
    void saysWhatIsLeftOnTheSmallerBudget() {
        Admin small = admin.group("small", "\"budget\":\"1\"");
        Endpoint rich = small.key("small", "\"budget\":\"5\"");
        Endpoint poor = small.key("small", "\"budget\":\"0.5\"");
        Endpoint open = small.key("small", "");
        assertThat(rich.edit(CheapEdit.form()).status()).isEqualTo(200);
        assertThat(own(rich).path("available").asText()).isEqualTo("0.984");
        assertThat(own(rich).at("/budget/spent").asText()).isEqualTo("0.016");
        assertThat(own(poor).path("available").asText()).isEqualTo("0.5");
        assertThat(own(poor).at("/budget/spent").asText()).isEqualTo("0");
        assertThat(own(open).path("available").asText()).isEqualTo("0.984");
        assertThat(own(open).at("/budget/limited").asBoolean()).isFalse();
    }

    @Test
    void saysNothingIsLimitedWithoutBudgets() {
        Endpoint client = admin.group("unlimited", "\"models\":[\"dall-e-2\"]").key("unlimited",
                "\"label\":\"laptop\",\"limits\":{\"concurrent_edits\":2}");
        JsonNode key = own(client);
        assertThat(key.path("available").isMissingNode()).isTrue();
        assertThat(key.path("label").asText()).isEqualTo("laptop");
        assertThat(key.path("group").asText()).isEqualTo("unlimited");
        assertThat(key.at("/models/0").asText()).isEqualTo("dall-e-2");
        assertThat(key.at("/limits/concurrent_edits").asInt()).isEqualTo(2);
        assertThat(key.at("/group_limits/concurrent_edits").isMissingNode()).isTrue();
        assertThat(key.path("free").asBoolean()).isFalse();
        assertThat(own(gateway.endpoint()).path("free").asBoolean()).isTrue();
    }

    /** Neither the secret nor the amounts of the group and of other keys are part of the response. */
    @Test
    void keepsOtherBudgetsAndTheSecretApart() {
        Admin group = admin.group("apart", "\"budget\":\"77.125\"");
        Endpoint other = group.key("apart", "\"budget\":\"66.125\"");
        Endpoint client = group.key("apart", "\"budget\":\"5\"");
        String otherId = own(other).path("id").asText();
        assertThat(own(client).toString()).doesNotContain("77.125").doesNotContain("66.125").doesNotContain(otherId)
                .doesNotContain(client.key());
        assertThat(new Endpoint(gateway.baseUrl(), "sk-retouch-wrong").get("/v1/key").status()).isEqualTo(401);
        assertThat(new Endpoint(gateway.baseUrl(), Admin.TOKEN).get("/v1/key").status()).isEqualTo(401);
    }
}
