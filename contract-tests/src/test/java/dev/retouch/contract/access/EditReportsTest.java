package dev.retouch.contract.access;

import java.io.IOException;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** What administrators learn of an edit after its end: its attempts, warnings, the error that was sent, and ids of upstreams. */
@TestInstance(Lifecycle.PER_CLASS)
class EditReportsTest {

    private static final String KEY = "sk-provider-0123456789";
    private static final String PROMPT = "a very private garden";

    private final MockUpstream first = MockUpstream.start(MockOptions.defaults().withKey(KEY));
    private final MockUpstream second = MockUpstream.start(MockOptions.defaults().withKey(KEY));
    private final RunningGateway gateway;
    private final Admin admin;

    EditReportsTest(@TempDir Path folder) throws IOException {
        Gateways.ownOnly();
        Path file = Files.writeString(folder.resolve("upstreams.yaml"), """
                first: {url: "%s", key-env: PROVIDER_KEY, priority: 1}
                second: {url: "%s", key-env: PROVIDER_KEY, priority: 2}
                """.formatted(first.baseUrl(), second.baseUrl()));
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_UPSTREAMS_FILE",
                file.toString(), "PROVIDER_KEY", KEY, "RETOUCH_EDITS_UNKNOWN_PARAMETERS", "ignore"));
        admin = Admin.of(gateway);
    }

    @AfterAll
    void stop() {
        gateway.close();
        first.close();
        second.close();
    }

    private static String id(Reply reply) {
        return reply.header("x-request-id").orElseThrow();
    }

    private static String upstreamId(Reply reply) {
        return reply.header("x-upstream-request-id").orElseThrow();
    }

    private JsonNode edit(String id) {
        Reply reply = admin.get("edits/" + id);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        assertThat(reply.text()).doesNotContain(PROMPT).doesNotContain(KEY);
        return reply.json();
    }

    private List<String> ofUpstream(String upstreamId) {
        Reply reply = admin.get("edits?upstream_id=" + upstreamId);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        List<String> ids = new ArrayList<>();
        reply.json().path("data").forEach(found -> ids.add(found.path("id").asText()));
        return ids;
    }

    @Test
    void eachAttemptSaysWhyAnotherFollowedAndFindsTheEdit() {
        Endpoint client = admin.group("failover", "").key("failover", "");
        first.scenarios().next(Scenario.rateLimit(0));
        Reply reply = client.edit(CheapEdit.form(PROMPT));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        JsonNode edit = edit(id(reply));
        JsonNode attempts = edit.at("/report/attempts");
        assertThat(attempts).hasSize(2);
        JsonNode limited = attempts.get(0);
        assertThat(limited.path("upstream").asText()).isEqualTo("first");
        assertThat(limited.path("model").asText()).isEqualTo("dall-e-2");
        assertThat(limited.path("outcome").asText()).isEqualTo("limited");
        assertThat(limited.path("status").asInt()).isEqualTo(429);
        assertThat(limited.path("repetition").asText()).isEqualTo("repeated");
        JsonNode answered = attempts.get(1);
        assertThat(answered.path("upstream").asText()).isEqualTo("second");
        assertThat(answered.has("repetition")).isFalse();
        assertThat(answered.path("start_ms").asLong()).isGreaterThanOrEqualTo(limited.path("start_ms").asLong());
        assertThat(edit.at("/report/error").isMissingNode()).isTrue();
        assertThat(answered.path("upstream_request_id").asText()).isEqualTo(upstreamId(reply))
                .isEqualTo(edit.path("upstream_request_id").asText());
        assertThat(ofUpstream(upstreamId(reply))).containsExactly(id(reply));
        assertThat(ofUpstream(limited.path("upstream_request_id").asText())).as("the attempt that failed")
                .containsExactly(id(reply));
        assertThat(ofUpstream("req_unknown")).isEmpty();
        JsonNode own = client.get("/v1/edits").json().at("/data/0");
        assertThat(own.path("upstream_request_id").asText()).as("as in the response").isEqualTo(upstreamId(reply));
        assertThat(own.has("report")).as("names of upstreams are not for holders of keys").isFalse();
    }

    @Test
    void errorIsReportedAsItWasSent() {
        Endpoint client = admin.group("errors", "").key("errors", "");
        first.scenarios().next(Scenario.status(500));
        Reply failed = client.edit(CheapEdit.form(PROMPT));
        assertThat(failed.status()).isEqualTo(502);
        JsonNode report = edit(id(failed)).path("report");
        assertThat(report.at("/attempts/0/status").asInt()).isEqualTo(500);
        assertThat(report.at("/attempts/0/repetition").asText()).isEqualTo("may_have_run");
        assertError(report.path("error"), failed);
        assertThat(ofUpstream(upstreamId(failed))).containsExactly(id(failed));

        first.scenarios()
                .next(new Scenario.Status(400,
                        Optional.of(
                                """
                                        {"error":{"message":"Key %s: the prompt '%s' is bad.","type":"invalid_request_error","code":"bad_prompt",
                                        "param":"prompt"}}"""
                                        .formatted(KEY, PROMPT)),
                        "application/json", Map.of()));
        Reply refused = client.edit(CheapEdit.form(PROMPT));
        assertThat(refused.status()).isEqualTo(400);
        JsonNode error = edit(id(refused)).at("/report/error");
        assertThat(error.path("message").asText())
                .isEqualTo(refused.error().path("message").asText().replace(PROMPT, "[prompt]"))
                .isEqualTo("Key [hidden]: the prompt '[prompt]' is bad.");
        assertThat(error.path("param").asText()).isEqualTo("prompt");
        assertThat(edit(id(refused)).at("/report/attempts/0/repetition").asText()).isEqualTo("refused");
    }

    private static void assertError(JsonNode reported, Reply sent) {
        assertThat(reported.path("status").asInt()).isEqualTo(sent.status());
        for (String name : List.of("code", "type", "message")) {
            assertThat(reported.path(name).asText()).as(name).isEqualTo(sent.error().path(name).asText());
        }
    }

    @Test
    void warningsAreReported() {
        Endpoint client = admin.group("warnings", "").key("warnings", "");
        first.scenarios().next(new Scenario.FewerImages(1));
        Reply reply = client.editWithTrailers(CheapEdit.form(PROMPT).text("n", "2").text("seed", "7"));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        JsonNode report = edit(id(reply)).path("report");
        assertThat(report.path("warning").asText()).isNotEmpty()
                .isEqualTo(reply.header("x-retouch-warning").orElseThrow());
        assertThat(report.path("dropped_parameters").asText()).isNotEmpty()
                .isEqualTo(reply.header("x-retouch-dropped-parameters").orElseThrow());
    }

    /** The charge of an edit with an idempotency key is written together with its response. */
    @Test
    void editsWithIdempotencyKeysHaveReports() {
        Endpoint client = admin.group("keyed", "").key("keyed", "");
        Form form = CheapEdit.form(PROMPT);
        first.scenarios().next(Scenario.rateLimit(0));
        Reply reply = Endpoint.send(client.request(Endpoint.EDITS).header("Content-Type", form.contentType())
                .header("Idempotency-Key", "once").POST(BodyPublishers.ofByteArray(form.bytes())));
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        assertThat(edit(id(reply)).at("/report/attempts")).hasSize(2);
        assertThat(ofUpstream(upstreamId(reply))).containsExactly(id(reply));
    }

    @Test
    void upstreamsNameTheirModels() {
        JsonNode upstreams = admin.get("upstreams").json().path("data");
        assertThat(upstreams).hasSize(3);
        assertThat(upstreams.get(0).path("models")).extracting(JsonNode::asText).contains("dall-e-2")
                .doesNotContain("gemini-2.5-flash-image");
        assertThat(upstreams.get(0).path("by_default").asBoolean()).isTrue();
        assertThat(upstreams.get(2).path("name").asText()).isEqualTo("sandbox");
        assertThat(upstreams.get(2).path("by_default").asBoolean(true)).isFalse();
    }
}
