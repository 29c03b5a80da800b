package dev.retouch.contract.access;

import java.net.http.HttpRequest.BodyPublishers;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** A key that has stored its part of the disk. */
@TestInstance(Lifecycle.PER_CLASS)
class StorageQuotaTest {

    private static final Form LINK = CheapEdit.form().text("response_format", "url");

    private final RunningGateway gateway;
    private final Admin admin;

    StorageQuotaTest() {
        Gateways.ownOnly();
        gateway = RunningGateway
                .start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_STORAGE_QUOTA_PER_KEY", "1KB"));
        admin = Admin.of(gateway).group("hoarders", "");
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private static Reply edit(Endpoint caller, String header, String value) {
        Form form = CheapEdit.form();
        return Endpoint.send(caller.request(Endpoint.EDITS).headers("Content-Type", form.contentType(), header, value)
                .POST(BodyPublishers.ofByteArray(form.bytes())));
    }

    private static void assertFull(Reply reply) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(429);
        assertThat(reply.error().path("code").asText()).isEqualTo("storage_quota_exceeded");
        assertThat(reply.error().path("message").asText()).contains("its limit is 1 KB");
        assertThat(Integer.parseInt(reply.header("retry-after").orElseThrow())).isBetween(1, 26 * 3600);
    }

    @Test
    void onlyEditsThatStoreSomethingAreRefused() {
        Endpoint caller = admin.key("hoarders", "\"budget\":\"1\"");
        assertThat(edit(caller, "Idempotency-Key", "before").status()).isEqualTo(200);
        assertFull(caller.edit(LINK));
        assertFull(edit(caller, "Idempotency-Key", "after"));
        assertFull(edit(caller, "Prefer", "respond-async"));
        assertThat(edit(caller, "Idempotency-Key", "before").header("idempotent-replayed")).contains("true");
        assertThat(caller.edit(CheapEdit.form().text("response_format", "b64_json")).status())
                .as("base64 is not stored").isEqualTo(200);
        assertThat(admin.key("hoarders", "").edit(LINK).status()).as("another key").isEqualTo(200);
        JsonNode usage = caller.get("/v1/usage").json();
        assertThat(usage.at("/total/edits").asInt()).as(usage.toString()).isEqualTo(2);
    }

    @Test
    void keyThatReplacesAnotherHasStoredTheSame() {
        JsonNode old = admin.issue("hoarders", "");
        assertThat(admin.as(old).edit(LINK).status()).isEqualTo(200);
        Reply rotated = admin.post("keys/" + old.path("key").path("id").asText() + "/rotate", "{}");
        assertFull(admin.as(rotated.json()).edit(LINK));
    }
}
