package dev.retouch.contract.access;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.RawConnection;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Keys and groups, from the first to the last of their days. */
@TestInstance(Lifecycle.PER_CLASS)
class KeyTest {

    private static final Form EDIT = Form.ofInput().text("quality", "low").text("response_format", "url");

    private final RunningGateway gateway;
    private final Admin admin;
    private final Contract contract = new Contract();

    KeyTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_BOOTSTRAP_KEY",
                "sk-of-the-operator"));
        admin = Admin.of(gateway);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    @Test
    void aKeyOfAGroupEdits() {
        admin.group("team-a", "");
        JsonNode issued = admin.issue("team-a", "\"label\":\"laptop\"");
        contract.assertValid("IssuedKey", issued.toString());

        assertThat(issued.path("secret").asText()).startsWith("sk-retouch-")
                .startsWith(issued.path("key").path("prefix").asText());
        assertThat(admin.as(issued).edit(EDIT).status()).isEqualTo(200);
        contract.assertValid("KeyList", admin.get("keys?group=team-a").text());
        contract.assertValid("GroupList", admin.get("groups").text());
        contract.assertValid("Group", admin.get("groups/team-a").text());
    }

    /** Only the owner of a key may have its secret. */
    @Test
    void aKeyIsStoredNowhere() throws IOException {
        admin.group("team-secret", "");
        JsonNode issued = admin.issue("team-secret", "");
        String secret = issued.path("secret").asText();
        assertThat(admin.as(issued).edit(EDIT).status()).isEqualTo(200);
        assertThat(admin.get("keys").text()).doesNotContain(secret);
        assertThat(admin.get("keys/" + issued.path("key").path("id").asText()).text()).doesNotContain(secret);
        try (Stream<Path> files = Files.walk(gateway.dataDir())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                String content = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
                assertThat(content.contains(secret)).as(file.toString()).isFalse();
                assertThat(content.contains("sk-of-the-operator")).as(file.toString()).isFalse();
            }
        }
    }

    @Test
    void theBootstrapKeyIsInTheGroupDefault() {
        Endpoint operator = new Endpoint(gateway.baseUrl(), "sk-of-the-operator");
        assertThat(operator.edit(EDIT).status()).isEqualTo(200);
        assertThat(admin.get("keys?group=default").json().path("data").path(0).path("label").asText())
                .isEqualTo("bootstrap");
    }

    @Test
    void aRevokedKeyIsRefusedWithinASecond() {
        admin.group("team-revoked", "");
        JsonNode issued = admin.issue("team-revoked", "");
        Endpoint caller = admin.as(issued);
        assertThat(caller.edit(EDIT).status()).isEqualTo(200);

        Reply revoked = admin.send("DELETE", "keys/" + issued.path("key").path("id").asText(), "");
        assertThat(revoked.json().has("revoked_at")).isTrue();
        Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> caller.get("/v1/models").status() == 401);
        assertThat(caller.edit(EDIT).error().path("code").asText()).isEqualTo("invalid_api_key");
    }

    @Test
    void aDisabledKeyWorksAgainWhenItIsEnabled() {
        admin.group("team-disabled", "");
        JsonNode issued = admin.issue("team-disabled", "");
        String path = "keys/" + issued.path("key").path("id").asText();
        assertThat(admin.patch(path, "{\"disabled\":true}").status()).isEqualTo(200);
        Awaitility.await().atMost(Duration.ofSeconds(1))
                .until(() -> admin.as(issued).get("/v1/models").status() == 401);
        assertThat(admin.patch(path, "{\"disabled\":false}").status()).isEqualTo(200);
        Awaitility.await().atMost(Duration.ofSeconds(1))
                .until(() -> admin.as(issued).get("/v1/models").status() == 200);
    }

    @Test
    void aKeyExpires() {
        admin.group("team-expired", "");
        long soon = Instant.now().plusSeconds(2).getEpochSecond();
        Endpoint caller = admin.key("team-expired", "\"expires_at\":" + soon);
        assertThat(caller.get("/v1/models").status()).isEqualTo(200);
        Awaitility.await().atMost(Duration.ofSeconds(5)).until(() -> caller.get("/v1/models").status() == 401);
        assertThat(Instant.now().getEpochSecond()).isGreaterThanOrEqualTo(soon);
    }

    @Test
    void aRotatedKeyHasASuccessor() {
        admin.group("team-rotated", "");
        JsonNode old = admin.issue("team-rotated", "\"label\":\"ci\",\"budget\":\"5\"");
        String cost = admin.as(old).edit(EDIT).header("x-retouch-cost").orElseThrow().replace(" USD", "");
        Reply rotated = admin.post("keys/" + old.path("key").path("id").asText() + "/rotate", "{}");
        assertThat(rotated.status()).as(rotated.beginning()).isEqualTo(201);
        assertThat(rotated.json().path("key").path("label").asText()).isEqualTo("ci");
        JsonNode budget = rotated.json().path("key").path("budget");
        assertThat(budget.path("limited").asBoolean()).as("a rotation does not take the limit away").isTrue();
        assertThat(budget.path("spent").asText()).isEqualTo(cost);
        assertThat(admin.as(rotated.json()).get("/v1/usage").json().path("total").path("cost").asText())
                .isEqualTo(cost);
        Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> admin.as(old).get("/v1/models").status() == 401);
    }

    /** The documented string, before a byte of the body is read: none is sent here. */
    @Test
    void aGroupOnAnotherPlatformHasNoImagesApi() {
        admin.group("team-gemini", "\"platform\":\"gemini\"");
        Endpoint caller = admin.key("team-gemini", "");
        Reply reply = RawConnection.exchange(caller, RawConnection.head(caller, "Content-Type: application/json",
                "Content-Length: 1000"));
        assertThat(reply.status()).isEqualTo(404);
        assertThat(reply.error().path("message").asText())
                .isEqualTo("Images API is not supported for this platform");
        assertThat(reply.error().path("type").asText()).isEqualTo("not_found_error");
        assertThat(reply.error().path("param").isNull()).isTrue();
        assertThat(caller.get("/v1/models").status()).isEqualTo(200);
    }

    @Test
    void aGroupWithoutPermissionMayNotEdit() {
        admin.group("team-text", "\"image_permission\":false");
        Endpoint caller = admin.key("team-text", "");
        Reply reply = RawConnection.exchange(caller, RawConnection.head(caller, "Content-Type: application/json",
                "Content-Length: 1000"));
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.error().path("message").asText())
                .isEqualTo("Image generation is not enabled for this group");
        assertThat(reply.error().path("code").asText()).isEqualTo("image_generation_disabled");

        admin.patch("groups/team-text", "{\"image_permission\":true}");
        Awaitility.await().atMost(Duration.ofSeconds(1)).until(() -> caller.edit(EDIT).status() == 200);
    }

    @Test
    void aGroupMayUseItsModelsOnly() {
        admin.group("team-mini", "\"models\":[\"gpt-image-1-mini\"]");
        Endpoint caller = admin.key("team-mini", "");
        Reply reply = caller.edit(EDIT);
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.error().path("code").asText()).isEqualTo("model_not_allowed");
        assertThat(caller.edit(EDIT.text("model", "gpt-image-1-mini")).status()).isEqualTo(200);
    }

    @Test
    void aGroupGoesWithItsLastKey() {
        admin.group("team-short", "");
        JsonNode issued = admin.issue("team-short", "");
        Reply refused = admin.send("DELETE", "groups/team-short", "");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.error().path("code").asText()).isEqualTo("conflict");
        admin.send("DELETE", "keys/" + issued.path("key").path("id").asText(), "");
        assertThat(admin.send("DELETE", "groups/team-short", "").status()).isEqualTo(204);
        assertThat(admin.get("groups/team-short").error().path("code").asText()).isEqualTo("group_not_found");
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            groups | {"name":"Team A"}                                     | 400 | invalid_value              | name
            groups | {"name":"sandbox"}                                    | 400 | invalid_value              | name
            groups | {"name":"default"}                                    | 409 | conflict                   | name
            groups | {}                                                    | 400 | missing_required_parameter | name
            groups | {"name":"x","modles":[]}                              | 400 | unknown_parameter          | modles
            groups | {"name":"x","models":["gpt-9"]}                       | 400 | invalid_value              | models
            groups | {"name":"x","upstreams":["nobody"]}                   | 400 | invalid_value              | upstreams
            groups | {"name":"x","limits":{"concurrent_edits":0}}          | 400 | invalid_value              | limits
            groups | {"name":"x","limits":{"concurrent_edits":"four"}}     | 400 | invalid_type               | limits.concurrent_edits
            groups | {"name":"x","moderation":{"mode":"sometimes"}}        | 400 | invalid_value              | moderation.mode
            groups | {"name":"x","moderation":{"thresholds":{"hate":2}}}   | 400 | invalid_value              | moderation.thresholds
            groups | {"name":"x","budget":"lots"}                          | 400 | invalid_value              | budget
            groups | [1]                                                   | 400 | malformed_body             | null
            keys   | {"group":"nobody"}                                    | 404 | group_not_found            | group
            keys   | {"label":"x"}                                         | 400 | missing_required_parameter | group
            keys   | {"group":"default","expires_at":1}                    | 400 | invalid_value              | expires_at
            keys   | {"group":"default","budget":"-"}                      | 400 | invalid_value              | budget
            keys/key_nobody/rotate | {}                                    | 404 | key_not_found              | key
            keys/key_nobody/budget | {"amount":"5"}                        | 404 | key_not_found              | key
            groups/default/budget  | {"amount":"0"}                        | 400 | invalid_value              | amount
            groups/default/budget  | {}                                    | 400 | missing_required_parameter | amount
            """)
    void mistakesAreReported(String path, String json, int status, String code, String param) {
        Reply reply = admin.post(path, json);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(status);
        assertThat(reply.error().path("code").asText()).isEqualTo(code);
        assertThat(reply.error().path("param").asText("null")).isEqualTo(param);
        contract.assertValid("ErrorEnvelope", reply.text());
    }

    @Test
    void administrationNeedsItsToken() {
        for (Admin stranger : List.of(new Admin(gateway.baseUrl(), "wrong"),
                new Admin(gateway.baseUrl(), gateway.endpoint().key()))) {
            Reply reply = stranger.get("groups");
            assertThat(reply.status()).isEqualTo(401);
            assertThat(reply.error().path("code").asText()).isEqualTo("invalid_api_key");
        }
        assertThat(new Endpoint(gateway.baseUrl(), Admin.TOKEN).get("/v1/models").status()).isEqualTo(401);
    }

    @Test
    void withoutATokenAdministrationIsOff() {
        try (RunningGateway plain = RunningGateway.start()) {
            Reply reply = new Admin(plain.baseUrl(), "").get("groups");
            assertThat(reply.status()).isEqualTo(403);
            assertThat(reply.error().path("code").asText()).isEqualTo("administration_off");
        }
    }
}
