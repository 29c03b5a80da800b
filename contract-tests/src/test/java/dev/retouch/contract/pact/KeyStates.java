package dev.retouch.contract.pact;

import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.time.Duration;
import java.util.Map;

import au.com.dius.pact.provider.junitsupport.State;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.awaitility.Awaitility;

import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Reply;

import static org.assertj.core.api.Assertions.assertThat;

/** Provider states of keys and their groups. Each state creates a new group and a new key. */
record KeyStates(ProviderStates stage) {

    /** Counts as an edit, and then is refused before it costs any time. */
    private static final Form BROKEN = Form.empty().text("prompt", "p").file("image", "a.png", "image/png",
            new byte[]{1, 2, 3});

    private void key(String groupSettings) {
        stage.issue(stage.group(groupSettings), "");
    }

    @State(value = "a key with a budget", comment = "A key that may spend this much.")
    @Takes("amount (10)")
    void aKeyWithABudget(Map<String, Object> parameters) {
        stage.issue(stage.group(""), "\"budget\":\"" + parameters.getOrDefault("amount", "10") + "\"");
    }

    @State(value = "a key whose budget is used up", comment = "A key with a budget for one small edit, which has run.")
    void aKeyWhoseBudgetIsUsedUp() {
        stage.issue(stage.group(""), "\"budget\":\"" + CheapEdit.PRICE + "\"");
        assertEdited(stage.caller().edit(CheapEdit.form()));
    }

    @State(value = "a key that has edited", comment = "A key with one small edit of `dall-e-2` in its usage; it ran under the idempotency key, if there is one.")
    @Takes("idempotency_key (none)")
    void aKeyThatHasEdited(Map<String, Object> parameters) {
        stage.issue(stage.group(""), "");
        Form form = CheapEdit.form("an edit that nobody else asks for");
        HttpRequest.Builder request = stage.caller().request(Endpoint.EDITS)
                .header("Content-Type", form.contentType()).POST(BodyPublishers.ofByteArray(form.bytes()));
        if (parameters.get("idempotency_key") instanceof String key) {
            request.header("Idempotency-Key", key);
        }
        assertEdited(Endpoint.send(request));
    }

    @State(value = "an unknown key", comment = "A key that was never given out.")
    void anUnknownKey() {
        stage.isAskedBy(new Endpoint(stage.gateway().baseUrl(), "sk-nobody-knows-it"));
    }

    @State(value = "a revoked key", comment = "A key that worked before.")
    void aRevokedKey() {
        JsonNode issued = stage.issue(stage.group(""), "");
        Endpoint caller = stage.caller();
        assertThat(caller.get("/v1/models").status()).isEqualTo(200);
        stage.admin().send("DELETE", "keys/" + issued.path("key").path("id").asText(), "");
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> caller.get("/v1/models").status() == 401);
    }

    @State(value = "a group without image generation", comment = "A key of a group that may not edit.")
    void aGroupWithoutImageGeneration() {
        key("\"image_permission\":false");
    }

    @State(value = "a group on another platform", comment = "A key of a group whose platform has no Images API.")
    @Takes("platform (gemini)")
    void aGroupOnAnotherPlatform(Map<String, Object> parameters) {
        key("\"platform\":\"" + parameters.getOrDefault("platform", "gemini") + "\"");
    }

    @State(value = "a group with some models only", comment = "A key of a group that may use these models.")
    @Takes("models")
    void aGroupWithSomeModelsOnly(Map<String, Object> parameters) {
        key("\"models\":" + JsonMapper.builder().build().valueToTree(parameters.get("models")));
    }

    @State(value = "a group whose edits of this minute are used up", comment = "A key of a group with one edit per minute, which was sent.")
    void aGroupWhoseEditsAreUsedUp() {
        key("\"limits\":{\"requests_per_minute\":1}");
        assertThat(stage.caller().edit(BROKEN).status()).isEqualTo(400);
    }

    @State(value = "a group with few images a minute", comment = "A key of a group with this limit on images, sent and asked for.")
    @Takes("images_per_minute (1)")
    void aGroupWithFewImages(Map<String, Object> parameters) {
        key("\"limits\":{\"images_per_minute\":" + parameters.getOrDefault("images_per_minute", 1) + "}");
    }

    @State(value = "a moderated group", comment = "A key of a group whose edits are refused where `flag-me` is in the prompt.")
    void aModeratedGroup() {
        key("\"moderation\":{\"mode\":\"block\"}");
    }

    private static void assertEdited(Reply reply) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
    }
}
