package dev.retouch.contract.upstream;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** Tests of single upstreams by an operator: free checks of each outcome, and an edit that says its price first. */
@TestInstance(Lifecycle.PER_CLASS)
class UpstreamTestsTest {

    private static final String KEY = "sk-provider-0123456789";

    private final MockUpstream provider;
    private final HttpServer talkative;
    private final RunningGateway gateway;
    private final Admin admin;

    UpstreamTestsTest(@TempDir Path folder) throws IOException {
        Gateways.ownOnly();
        provider = MockUpstream.start(MockOptions.defaults().withKey(KEY));
        talkative = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        talkative.createContext("/", exchange -> {
            byte[] body = ("{\"error\":{\"message\":\"The key " + KEY + " of org-abcdef012345 is disabled.\"}}")
                    .getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(401, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        talkative.createContext("/empty", exchange -> {
            exchange.sendResponseHeaders(404, -1);
            exchange.close();
        });
        talkative.start();
        String url = provider.baseUrl().toString();
        Path file = Files.writeString(folder.resolve("upstreams.yaml"), """
                right: {url: "%1$s", key-env: RIGHT_KEY}
                wrong: {url: "%1$s", key-env: WRONG_KEY}
                vertex: {kind: vertex, url: "http://127.0.0.1:%2$s/empty", key-env: RIGHT_KEY}
                talkative: {url: "http://127.0.0.1:%2$s/v1", key-env: RIGHT_KEY}
                down: {url: "http://127.0.0.1:1/v1", key-env: RIGHT_KEY}
                """.formatted(url, talkative.getAddress().getPort()));
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_UPSTREAMS_FILE",
                file.toString(), "RIGHT_KEY", KEY, "WRONG_KEY", "sk-wrong-0123456789"));
        admin = Admin.of(gateway);
    }

    @AfterAll
    void stop() {
        gateway.close();
        provider.close();
        talkative.stop(0);
    }

    private JsonNode tested(String upstream, String request) {
        Reply reply = admin.post("upstreams/" + upstream + "/test", request);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        assertThat(reply.text()).doesNotContain(KEY).doesNotContain("sk-wrong-0123456789");
        return reply.json();
    }

    private JsonNode checked(String upstream) {
        return tested(upstream, "{\"kind\":\"check\"}");
    }

    @Test
    void checkSaysWhetherTheKeyIsAccepted() {
        JsonNode passed = checked("right");
        assertThat(passed.path("result").asText()).isEqualTo("passed");
        assertThat(passed.path("status").asInt()).isEqualTo(200);
        assertThat(passed.path("duration_ms").asLong(-1)).isNotNegative();
        assertThat(checked("sandbox").path("result").asText()).isEqualTo("passed");

        JsonNode refused = checked("wrong");
        assertThat(refused.path("result").asText()).isEqualTo("failed");
        assertThat(refused.path("outcome").asText()).isEqualTo("credentials");
        assertThat(refused.path("status").asInt()).isEqualTo(401);
        assertThat(refused.path("message").asText()).startsWith("Incorrect API key provided.");
    }

    /** An upstream that names the key and the account of the gateway in its error. */
    @Test
    void wordsOfTheUpstreamAreRedacted() {
        JsonNode refused = checked("talkative");
        assertThat(refused.path("outcome").asText()).isEqualTo("credentials");
        assertThat(refused.path("message").asText()).isEqualTo("The key [hidden] of [hidden] is disabled.");
    }

    @Test
    void checkSaysWhatIsWrongOtherwise() {
        JsonNode down = checked("down");
        assertThat(down.path("outcome").asText()).isEqualTo("unreachable");
        assertThat(down.has("status")).isFalse();
        assertThat(checked("vertex").path("result").asText()).as("without a free request").isEqualTo("reached");
        provider.scenarios().next(Scenario.status(503));
        assertThat(checked("right").path("outcome").asText()).isEqualTo("overloaded");
    }

    @Test
    void editSaysItsPriceFirst() {
        int before = provider.journal().entries().size();
        JsonNode quoted = tested("right", "{\"kind\":\"edit\",\"model\":\"gpt-image-2\"}");
        assertThat(quoted.path("result").asText()).isEqualTo("quoted");
        assertThat(quoted.path("model").asText()).isEqualTo("gpt-image-2");
        String maximum = quoted.at("/price/maximum").asText();
        assertThat(provider.journal().entries()).as("sent for a price").hasSize(before);

        Reply cheap = admin.post("upstreams/right/test",
                "{\"kind\":\"edit\",\"model\":\"gpt-image-2\",\"accept_price\":\"0.0001\"}");
        assertThat(cheap.status()).isEqualTo(400);
        assertThat(cheap.error().path("message").asText()).contains(maximum + " USD");
        assertThat(provider.journal().entries()).as("sent for too low a price").hasSize(before);

        JsonNode passed = tested("right",
                "{\"kind\":\"edit\",\"model\":\"gpt-image-2\",\"accept_price\":\"" + maximum + "\"}");
        assertThat(passed.path("result").asText()).as(passed.toString()).isEqualTo("passed");
        assertThat(provider.journal().entries()).hasSize(before + 1);
        assertThat(tested("sandbox", "{\"kind\":\"edit\",\"accept_price\":\"0\"}").path("result").asText())
                .as("the cheapest model of the sandbox is free").isEqualTo("passed");
    }

    @Test
    void editThatFailsSaysWhy() {
        provider.scenarios().next(Scenario.status(500));
        assertThat(tested("right", "{\"kind\":\"edit\",\"accept_price\":\"10\"}").path("outcome").asText())
                .isEqualTo("failed");
        assertThat(tested("wrong", "{\"kind\":\"edit\",\"accept_price\":\"10\"}").path("outcome").asText())
                .isEqualTo("credentials");
        assertThat(admin.get("upstreams").json().at("/data/0/state").asText()).as("circuit breaker").isEqualTo("ok");
    }

    @Test
    void refusesWhatItCannotTest() {
        assertThat(refused("nobodys", "{\"kind\":\"check\"}")).contains("right, wrong");
        assertThat(refused("right", "{}")).contains("kind");
        assertThat(refused("vertex", "{\"kind\":\"edit\",\"model\":\"dall-e-2\"}")).contains("does not serve it");
        assertThat(refused("right", "{\"kind\":\"edit\",\"model\":\"none\"}")).contains("there is no model 'none'");
        assertThat(refused("right", "{\"kind\":\"edit\",\"accept_price\":\"much\"}")).contains("decimal amount");
    }

    private String refused(String upstream, String request) {
        Reply reply = admin.post("upstreams/" + upstream + "/test", request);
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(400);
        return reply.error().path("message").asText();
    }
}
