package dev.retouch.contract.answer;

import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

import dev.retouch.contract.answer.AnswerCase.Expected;
import dev.retouch.contract.answer.ScriptedProvider.Script;
import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Pictures;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;

import static org.assertj.core.api.Assertions.assertThat;

/** Each case of the data files: what the client gets, and what the ledger says about it. */
@TestInstance(Lifecycle.PER_CLASS)
class AnswerCasesTest {

    private static final String UPSTREAM_KEY = "sk-of-the-provider-0123456789";
    private static final List<String> FILES = List.of("images.yaml", "documents.yaml", "streams.yaml", "refusals.yaml",
            "usage.yaml", "links.yaml", "limits.yaml");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ScriptedProvider provider = new ScriptedProvider();
    private final Map<Map<String, String>, Caller> callers = new HashMap<>();
    private final Map<String, String> words = new HashMap<>();

    /** A client of a gateway with certain settings. */
    private record Caller(RunningGateway gateway, Endpoint endpoint, LedgerProbe ledger) {}

    AnswerCasesTest() {
        Gateways.ownOnly();
        byte[] small = Pictures.opaque();
        words.put("png", Base64.getEncoder().encodeToString(small));
        words.put("large", Base64.getEncoder().encodeToString(Fixtures.image()));
        words.put("link", provider.image("one.png", small));
        words.put("missing", provider.image("one.png", small).replace("one.png", "v1/nothing-here"));
        words.put("key", UPSTREAM_KEY);
        words.put("huge", "A".repeat(3_000_000));
    }

    @AfterAll
    void stop() {
        callers.values().forEach(caller -> {
            caller.ledger().close();
            caller.gateway().close();
        });
        provider.close();
    }

    private Caller caller(Map<String, String> settings) {
        return callers.computeIfAbsent(settings, more -> {
            Map<String, String> environment = new HashMap<>(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
                    "RETOUCH_UPSTREAM_URL", provider.baseUrl().toString(), "RETOUCH_UPSTREAM_KEY", UPSTREAM_KEY,
                    "RETOUCH_UPSTREAM_BREAKER_MIN_ATTEMPTS", "100000", "RETOUCH_FETCH_UNGUARDED_HOSTS", "127.0.0.1",
                    "RETOUCH_FETCH_PORTS", String.valueOf(provider.port())));
            environment.putAll(more);
            RunningGateway gateway = RunningGateway.start(environment);
            Endpoint endpoint = Admin.of(gateway).group("clients", "").key("clients", "\"budget\":\"1000\"");
            return new Caller(gateway, endpoint, LedgerProbe.of(gateway.dataDir()));
        });
    }

    @TestFactory
    Stream<DynamicTest> answersAreUnderstood() {
        return FILES.stream().flatMap(file -> AnswerCase.of(file).stream()
                .map(each -> DynamicTest.dynamicTest(file + ": " + each.name(), () -> run(each))));
    }

    private void run(AnswerCase each) throws Exception {
        Map<String, String> settings = Objects.requireNonNullElse(each.settings(), Map.of());
        Caller caller = caller(settings);
        provider.answer(script(each.upstream()));
        Form form = Form.empty().text("prompt", "p").file("image", "a.png", "image/png", Pictures.opaque());
        for (Map.Entry<String, String> parameter : Objects.requireNonNullElse(each.request(), Map.<String, String>of())
                .entrySet()) {
            form = form.text(parameter.getKey(), parameter.getValue());
        }
        Reply reply = caller.endpoint().edit(form);
        Expected expected = each.expect();
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(or(expected.status(), 200));
        String everything = reply.headers() + reply.text();
        for (String word : Objects.requireNonNullElse(expected.absent(), List.<String>of())) {
            assertThat(everything).doesNotContain(filled(word));
        }
        for (String word : Objects.requireNonNullElse(expected.contains(), List.<String>of())) {
            assertThat(reply.text()).contains(filled(word));
        }
        assertThat(everything).doesNotContain(UPSTREAM_KEY);
        List<String> events = expected.events();
        int images = events == null ? document(reply, expected) : stream(reply, expected, events);
        assertThat(images).isEqualTo(or(expected.images(), 0));
        assertThat(reply.header("x-retouch-warning").orElse(""))
                .isEqualTo(Objects.requireNonNullElse(expected.warning(), ""));
        assertThat(reply.header("trailer")).as("a client that did not say TE: trailers").isEmpty();
        ledger(reply, expected, images, caller.ledger());
        assertThat(provider.acceptEncoding()).doesNotContain("gzip");
    }

    private Script script(AnswerCase.Upstream upstream) {
        Map<String, String> headers = new HashMap<>(Objects.requireNonNullElse(upstream.headers(), Map.of()));
        headers.put("x-request-id", "up-1");
        headers.put("content-type", Objects.requireNonNullElse(upstream.type(), "application/json"));
        byte[] body = filled(upstream.body()).getBytes(StandardCharsets.UTF_8);
        return new Script(or(upstream.status(), 200), headers, body, or(upstream.pieces(), 0),
                or(upstream.breaksAfter(), -1));
    }

    private String filled(String text) {
        String filled = text;
        for (Map.Entry<String, String> word : words.entrySet()) {
            filled = filled.replace("{{" + word.getKey() + "}}", word.getValue());
        }
        return filled;
    }

    private static int or(@Nullable Integer given, int otherwise) {
        return given == null ? otherwise : given;
    }

    private int document(Reply reply, Expected expected) {
        if (reply.status() != 200) {
            failure(reply.error(), expected);
            return 0;
        }
        JsonNode data = reply.json().path("data");
        String form = Objects.requireNonNullElse(expected.form(), "b64_json");
        if (form.equals("link")) {
            data.forEach(image -> assertThat(image.path("url").asText()).as(reply.beginning()).startsWith("http"));
            return data.size();
        }
        for (JsonNode image : data) {
            assertThat(image.path(form).asText()).as("%s of %s", form, reply.beginning()).isNotBlank();
            assertThat(image.has(form.equals("url") ? "b64_json" : "url")).isFalse();
            assertThat(image(image)).isEqualTo(Pictures.opaque());
        }
        return data.size();
    }

    private static byte[] image(JsonNode image) {
        return image.has("b64_json")
                ? Base64.getDecoder().decode(image.path("b64_json").asText())
                : Endpoint.fetch(URI.create(image.path("url").asText())).body();
    }

    private static void failure(JsonNode error, Expected expected) {
        if (expected.code() != null) {
            assertThat(error.path("code").asText()).isEqualTo(expected.code());
        }
        assertThat(error.path("message").asText()).contains(Objects.requireNonNullElse(expected.message(), ""));
    }

    private static int stream(Reply reply, Expected expected, List<String> events) throws Exception {
        List<String> names = new ArrayList<>();
        int images = 0;
        for (String event : reply.text().split("\n\n")) {
            if (event.isBlank() || event.startsWith(":")) {
                continue;
            }
            String name = event.lines().filter(line -> line.startsWith("event:")).findFirst().orElse("event:")
                    .substring("event:".length()).strip();
            names.add(name.replace("image_edit.", ""));
            JsonNode data = JSON.readTree(event.substring(event.indexOf("data:") + "data:".length()));
            assertThat(data.path("type").asText()).isEqualTo(name);
            if (name.equals("error")) {
                failure(data.path("error"), expected);
            } else if (name.equals("image_edit.completed")) {
                images++;
                assertThat(image(data)).isEqualTo(Pictures.opaque());
                assertThat(data.has("size") && data.has("quality") && data.has("background") && data.has("created_at"))
                        .isTrue();
            }
        }
        assertThat(names).isEqualTo(events);
        return images;
    }

    private static void ledger(Reply reply, Expected expected, int images, LedgerProbe ledger) {
        String id = reply.header("x-request-id").orElseThrow();
        String edit = "id = '" + id + "'";
        assertThat(ledger.edits(edit + " AND state = '" + expected.state() + "'"))
                .as("state of %s: settled=%s released=%s undecided=%s held=%s", id,
                        ledger.edits(edit + " AND state = 'settled'"), ledger.edits(edit + " AND state = 'released'"),
                        ledger.edits(edit + " AND state = 'undecided'"), ledger.edits(edit + " AND state = 'held'"))
                .isEqualTo(1);
        int charged = expected.state().equals("settled") ? or(expected.charged(), images) : 0;
        assertThat(ledger.edits(edit + " AND images_delivered = " + charged)).as("%s images charged", charged)
                .isEqualTo(1);
        assertThat(ledger.edits(edit + " AND cost <= held")).as("no more than the hold").isEqualTo(1);
        String cost = expected.cost();
        if (cost != null) {
            long nanos = new BigDecimal(cost).movePointRight(9).longValueExact();
            assertThat(ledger.edits(edit + " AND cost = " + nanos)).as("cost %s", cost).isEqualTo(1);
        }
        if (!expected.state().equals("settled")) {
            assertThat(reply.header("x-retouch-cost")).isEmpty();
        } else if (reply.status() == 200 && reply.header("content-length").isPresent()) {
            assertThat(reply.header("x-retouch-cost")).isPresent();
        }
    }
}
