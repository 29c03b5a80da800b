package dev.retouch.contract.access;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Postgres;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.ResourceSnapshot;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** Upstreams, models and moderation rules that operators change through the API while gateways run. */
@Tag("slow")
class CatalogTest {

    private static final String KEY = "sk-of-the-provider-0123456789";
    private static final String UPSTREAMS = "upstreams";
    private static final String MODELS = "models";
    private static final String RULES = "rules";
    private static final String IF_MATCH = "If-Match";
    private static final String DRAFT = "{\"models\":{\"team-draft\":{\"like\":\"dall-e-2\"}},\"note\":\"a name for the team\"}";

    @TempDir
    private Path folder = Path.of(".");
    private MockUpstream first;
    private MockUpstream second;

    CatalogTest() {
        Gateways.ownOnly();
        first = MockUpstream.start(MockOptions.defaults().withKey(KEY));
        second = MockUpstream.start(MockOptions.defaults().withKey(KEY));
    }

    @BeforeEach
    void forget() {
        first.journal().clear();
        second.journal().clear();
    }

    @AfterEach
    void stop() {
        first.close();
        second.close();
    }

    private RunningGateway gateway(Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "UPSTREAM_KEY_A", KEY,
                "OTHER_KEY", KEY, "RETOUCH_CATALOG_REFRESH", "200ms"));
        settings.putAll(more);
        return RunningGateway.start(settings);
    }

    private static String upstreams(String name, MockUpstream upstream, String... more) {
        return "{\"upstreams\":{\"" + name + "\":{\"url\":\"" + upstream.baseUrl() + "\",\"key-env\":\"UPSTREAM_KEY_A\""
                + String.join("", more) + "}},\"note\":\"now " + name + "\"}";
    }

    /** A document that forbids a word. */
    private static String rules(String word) {
        return "{\"rules\":{\"words\":[\"" + word + "\"]}}";
    }

    /** The status of an edit with this prompt. */
    private static int edit(Endpoint client, String prompt) {
        return client.edit(CheapEdit.form(prompt)).status();
    }

    private static JsonNode right(Reply reply) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        return reply.json();
    }

    private static JsonNode put(RunningGateway gateway, String kind, String document) {
        return right(Admin.of(gateway).send("PUT", kind, document));
    }

    private static JsonNode inUse(RunningGateway gateway, String kind) {
        return right(Admin.of(gateway).get(kind + "/versions")).path("in_use");
    }

    private static double metric(RunningGateway gateway, String line) {
        Reply metrics = new Endpoint(gateway.baseUrl(), Admin.TOKEN).get("/metrics");
        return metrics.text().lines().filter(found -> found.startsWith(line + " "))
                .mapToDouble(found -> Double.parseDouble(found.substring(line.length() + 1))).sum();
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(Duration.ofSeconds(20)).pollInterval(Duration.ofMillis(20)).until(condition);
    }

    private static long edits(MockUpstream upstream) {
        return upstream.journal().entries().stream().filter(entry -> entry.path().equals("/v1/images/edits")).count();
    }

    @Test
    void newEditsUseTheDocumentAndEditsInFlightFinishWithWhatTheyBeganWith() {
        try (RunningGateway gateway = gateway(Map.of())) {
            Endpoint client = Admin.of(gateway).group("team", "").key("team", "");
            JsonNode version = put(gateway, UPSTREAMS, upstreams("a", first));
            assertThat(version.path("object").asText()).isEqualTo("catalog.version");
            assertThat(version.path("kind").asText()).isEqualTo(UPSTREAMS);
            assertThat(version.path("version").asLong()).isEqualTo(1);
            assertThat(version.path("note").asText()).isEqualTo("now a");
            first.scenarios().next(Scenario.delay(Duration.ofSeconds(3)));
            CompletableFuture<Reply> running = CompletableFuture.supplyAsync(() -> client.edit(CheapEdit.form()),
                    Thread::startVirtualThread);
            await("the edit is dispatched", () -> first.journal().inFlight() == 1);

            put(gateway, UPSTREAMS, upstreams("b", second));

            assertThat(running).as("the edit is not interrupted").isNotDone();
            assertThat(client.edit(CheapEdit.form()).status()).as("used at once").isEqualTo(200);
            assertThat(edits(second)).isEqualTo(1);
            assertThat(running.join().status()).isEqualTo(200);
            assertThat(edits(first)).isEqualTo(1);
            assertThat(inUse(gateway, UPSTREAMS).path("version").asLong()).isEqualTo(2);
            assertThat(metric(gateway, "retouch_config_version{kind=\"upstreams\"}")).isEqualTo(2);
        }
    }

    @Test
    void everyInstanceUsesANewVersionWithinSeconds() {
        try (Postgres postgres = Postgres.start()) {
            Map<String, String> shared = Map.of("RETOUCH_DATABASE_URL", postgres.newDatabase());
            try (RunningGateway one = gateway(shared); RunningGateway other = gateway(shared)) {
                JsonNode issued = Admin.of(one).group("team", "").issue("team", "");
                put(one, UPSTREAMS, upstreams("a", first));
                put(other, MODELS, DRAFT);
                for (RunningGateway gateway : List.of(one, other)) {
                    await("both are in use", () -> inUse(gateway, UPSTREAMS).path("version").asLong() == 1
                            && inUse(gateway, MODELS).path("version").asLong() == 1);
                    Endpoint client = Admin.of(gateway).as(issued);
                    assertThat(client.edit(CheapEdit.form()).status()).isEqualTo(200);
                    assertThat(client.get("/v1/models").text()).contains("team-draft");
                }
                assertThat(edits(first)).isEqualTo(2);

                put(other, UPSTREAMS, upstreams("b", second));
                await("one has heard of it", () -> inUse(one, UPSTREAMS).path("version").asLong() == 2);
                assertThat(Admin.of(one).as(issued).edit(CheapEdit.form()).status()).isEqualTo(200);
                assertThat(edits(second)).isEqualTo(1);

                JsonNode back = right(Admin.of(other).post("upstreams/versions/1/restore", ""));
                assertThat(back.path("version").asLong()).isEqualTo(3);
                assertThat(back.path("restored_from").asLong()).isEqualTo(1);
                assertThat(back.path("document").path("a").path("key-env").asText()).isEqualTo("UPSTREAM_KEY_A");
                await("one has heard of it", () -> inUse(one, UPSTREAMS).path("version").asLong() == 3);
                assertThat(Admin.of(one).as(issued).edit(CheapEdit.form()).status()).isEqualTo(200);
                assertThat(edits(first)).isEqualTo(3);
            }
        }
    }

    @Test
    void everyInstanceUsesNewRulesAndTakesThemBack() throws IOException {
        Path file = Files.writeString(folder.resolve("rules.yaml"), "words: [filed]\n");
        try (Postgres postgres = Postgres.start()) {
            Map<String, String> shared = Map.of("RETOUCH_DATABASE_URL", postgres.newDatabase(),
                    "RETOUCH_MODERATION_RULES_FILE", file.toString());
            try (RunningGateway one = gateway(shared); RunningGateway other = gateway(shared)) {
                put(one, UPSTREAMS, upstreams("a", first));
                JsonNode issued = Admin.of(one).group("team", "\"moderation\":{\"mode\":\"block\"}").issue("team", "");
                Endpoint client = Admin.of(one).as(issued);
                assertThat(edit(client, "a filed thing")).isEqualTo(400);
                assertThat(inUse(one, RULES).path("document").path("words").path(0).asText()).isEqualTo("filed");

                JsonNode version = put(other, RULES, rules("stored"));
                assertThat(version.path("kind").asText()).isEqualTo(RULES);
                await("one has heard of it", () -> inUse(one, RULES).path("version").asLong() == 1);
                assertThat(edit(client, "a stored thing")).isEqualTo(400);
                assertThat(edit(client, "a filed thing")).as("in the place of the file").isEqualTo(200);
                assertThat(metric(one, "retouch_config_version{kind=\"rules\"}")).isEqualTo(1);
                assertThat(right(Admin.of(one).get("rules/versions/1")).at("/document/words/0").asText())
                        .isEqualTo("stored");

                right(Admin.of(other).post("rules/versions/0/restore", ""));
                await("one has heard of it",
                        () -> inUse(one, RULES).path("source").asText().equals("file"));
                assertThat(edit(client, "a stored thing")).isEqualTo(200);
            }
        }
    }

    @Test
    void invalidRulesChangeNothing() {
        Map<String, String> mistakes = Map.of("{\"rules\":{\"wrods\":[\"a\"]}}", "wrods",
                "{\"rules\":{\"words\":[\"a\",{\"text\":\" \"}]}}", "/words/1",
                "{\"rules\":{\"patterns\":[\"(\"]}}", "/patterns/0", "{\"rules\":{\"images\":[\"abc\"]}}", "SHA-256");
        try (RunningGateway gateway = gateway(Map.of())) {
            put(gateway, RULES, rules("stored"));
            mistakes.forEach((document, mistake) -> {
                Reply refused = Admin.of(gateway).send("PUT", RULES, document);
                assertThat(refused.status()).as(refused.beginning()).isEqualTo(400);
                assertThat(refused.error().path("param").asText()).isEqualTo(RULES);
                assertThat(refused.error().path("message").asText()).contains(mistake);
            });
            assertThat(inUse(gateway, RULES).path("version").asLong()).isEqualTo(1);
        }
    }

    /** Each instance has its own environment and files: one that lacks a key keeps what it has, and says so. */
    @Test
    void instanceThatCannotUseADocumentKeepsTheOldOneUntilItCan() throws IOException {
        Path ready = Files.createDirectories(folder.resolve("ready"));
        Path late = folder.resolve("late");
        Path keys = folder.resolve("keys");
        Files.writeString(ready.resolve("provider"), KEY);
        Files.createSymbolicLink(keys, ready);
        try (Postgres postgres = Postgres.start()) {
            String database = postgres.newDatabase();
            try (RunningGateway one = gateway(Map.of("RETOUCH_DATABASE_URL", database, "RETOUCH_CATALOG_KEY_FOLDER",
                    keys.toString()));
                    RunningGateway other = gateway(Map.of("RETOUCH_DATABASE_URL", database,
                            "RETOUCH_CATALOG_KEY_FOLDER", late.toString()))) {
                String document = "{\"upstreams\":{\"a\":{\"url\":\"" + first.baseUrl() + "\",\"key-file\":\""
                        + late.resolve("provider") + "\"}}}";
                assertThat(Admin.of(one).send("PUT", UPSTREAMS, document).status()).as("outside its folder")
                        .isEqualTo(400);
                Files.createDirectories(late);
                Files.writeString(late.resolve("provider"), KEY);
                put(other, UPSTREAMS, document);
                await("one cannot use it", () -> metric(one, "retouch_config_valid") == 0);
                assertThat(inUse(one, UPSTREAMS).path("version").asLong()).isZero();
                assertThat(metric(other, "retouch_config_valid")).isEqualTo(1);
                Endpoint client = Admin.of(one).group("team", "").key("team", "");
                assertThat(client.edit(CheapEdit.form()).status()).as("by what it had").isEqualTo(200);

                put(other, UPSTREAMS, upstreams("a", first));
                await("one can use this one", () -> metric(one, "retouch_config_valid") == 1);
                assertThat(inUse(one, UPSTREAMS).path("version").asLong()).isEqualTo(2);
            }
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '`', value = {
            "`{\"upstreams\":{\"a\":{\"url\":\"https://a.example/v1\",\"wieght\":2}}}`|wieght",
            "`{\"upstreams\":{\"a\":{\"url\":\"https://a.example/v1\",\"priority\":0}}}`|priority",
            "`{\"upstreams\":{\"a\":{}}}`|url",
            "`{\"upstreams\":{\"a\":{\"url\":\"https://a.example/v1\",\"key\":\"sk-clear-0123456789\"}}}`|key-env",
            "`{\"upstreams\":{\"a\":{\"url\":\"https://user:secret@a.example/v1\"}}}`|password",
            "`{\"upstreams\":{\"a\":{\"url\":\"https://a.example/v1?api-key=secret\"}}}`|query",
            "`{\"upstreams\":{\"a\":{\"url\":\"https://a.example/v1\",\"key-env\":\"OTHER_KEY\"}}}`|UPSTREAM_KEY_",
            "`{\"upstreams\":{\"a\":{\"url\":\"https://a.example/v1\",\"key-env\":\"UPSTREAM_KEY_GONE\"}}}`|UPSTREAM_KEY_GONE",
            "`{\"upstreams\":{\"a\":{\"url\":\"https://a.example/v1\",\"key-file\":\"/etc/passwd\"}}}`|catalog.key-folder",
            "`{\"upstreams\":{\"a\":{\"url\":\"https://a.example/v1\",\"token-command\":[\"touch\",\"/tmp/x\"]}}}`|command",
            "`{\"upstreams\":{\"a\":{\"url\":\"https://a.example/v1\",\"token-file\":\"/etc/passwd\"}}}`|catalog.key-folder",
            "`{\"upstreams\":{\"a\":{\"url\":\"https://a.example/v1\",\"models\":{\"gpt-image-99\":\"x\"}}}}`|gpt-image-99",
            "`{\"upstreams\":{\"sandbox\":{\"url\":\"https://a.example/v1\"}}}`|sandbox",
            "`{\"upstreams\":{\"a\":null}}`|'a'", "`{\"upstreams\":null}`|upstreams", "`{\"upstreams\":[]}`|upstreams"})
    void invalidDocumentChangesNothingAndIsRefusedWithItsPlace(String document, String mistake) {
        try (RunningGateway gateway = gateway(Map.of())) {
            put(gateway, UPSTREAMS, upstreams("a", first));
            Reply refused = Admin.of(gateway).send("PUT", UPSTREAMS, document);
            assertThat(refused.status()).as(refused.beginning()).isEqualTo(400);
            assertThat(refused.error().path("message").asText()).contains(mistake).doesNotContain("sk-clear");
            assertThat(inUse(gateway, UPSTREAMS).path("version").asLong()).isEqualTo(1);
            assertThat(right(Admin.of(gateway).get("upstreams/versions")).path("data")).hasSize(1);
            assertThat(metric(gateway, "retouch_config_valid")).as("what is in use is valid").isEqualTo(1);
            Endpoint client = Admin.of(gateway).group("team", "").key("team", "");
            assertThat(client.edit(CheapEdit.form()).status()).isEqualTo(200);
        }
    }

    @Test
    void refusedDocumentIsCounted() {
        try (RunningGateway gateway = gateway(Map.of())) {
            assertThat(Admin.of(gateway).send("PUT", MODELS, "{\"models\":{\"x\":{\"like\":\"nothing\"}}}").error()
                    .path("message").asText()).contains("'x'").contains("'nothing'");
            assertThat(metric(gateway, "retouch_config_reloads_total{outcome=\"refused\"}")).isEqualTo(1);
        }
    }

    /** Each is valid alone; together they are not. */
    @Test
    void documentsAreValidatedTogether() {
        try (RunningGateway gateway = gateway(Map.of())) {
            put(gateway, MODELS, DRAFT);
            put(gateway, UPSTREAMS, upstreams("a", first, ",\"models\":{\"team-draft\":\"dall-e-2\"}"));
            Reply refused = Admin.of(gateway).send("PUT", MODELS, "{\"models\":{}}");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.error().path("param").asText()).isEqualTo(MODELS);
            assertThat(refused.error().path("message").asText()).contains("team-draft");
        }
    }

    @Test
    void versionsAreListedAndReadAndZeroIsTheFile() throws IOException {
        Path file = Files.writeString(folder.resolve("upstreams.yaml"),
                "filed:\n  url: " + second.baseUrl() + "\n  key-env: OTHER_KEY\n");
        try (RunningGateway gateway = gateway(Map.of("RETOUCH_UPSTREAMS_FILE", file.toString()))) {
            Admin admin = Admin.of(gateway);
            assertThat(inUse(gateway, UPSTREAMS).path("source").asText()).isEqualTo("file");
            assertThat(inUse(gateway, UPSTREAMS).path("document").path("filed").path("key-env").asText())
                    .isEqualTo("OTHER_KEY");
            put(gateway, UPSTREAMS, upstreams("a", first));
            put(gateway, UPSTREAMS, upstreams("b", first));
            JsonNode list = right(admin.get("upstreams/versions"));
            assertThat(list.path("data")).extracting(version -> version.path("version").asInt()).containsExactly(2, 1);
            assertThat(list.path("data")).noneMatch(version -> version.has("document"));
            assertThat(list.path("in_use").path("source").asText()).isEqualTo("database");
            JsonNode old = right(admin.get("upstreams/versions/1"));
            assertThat(old.path("document").path("a").path("url").asText()).isEqualTo(first.baseUrl().toString());
            assertThat(list.toString() + old).as("no key is ever returned").doesNotContain(KEY);

            right(admin.post("upstreams/versions/0/restore", ""));
            assertThat(inUse(gateway, UPSTREAMS).path("source").asText()).isEqualTo("file");
            assertThat(right(admin.get("upstreams/versions/3")).has("document")).isFalse();
            Endpoint client = admin.group("team", "").key("team", "");
            assertThat(client.edit(CheapEdit.form()).status()).isEqualTo(200);
            assertThat(edits(second)).isEqualTo(1);

            put(gateway, MODELS, DRAFT);
            assertThat(right(admin.get("models/versions/1")).path("kind").asText()).isEqualTo(MODELS);
            put(gateway, MODELS, "{\"models\":{}}");
            assertThat(client.get("/v1/models").text()).doesNotContain("team-draft");
            assertThat(right(admin.post("models/versions/1/restore", "")).path("note").asText())
                    .isEqualTo("a name for the team");
            assertThat(client.get("/v1/models").text()).contains("team-draft");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"4", "-1", "x", "99999999999999999999"})
    void versionThatDoesNotExistIsNotFound(String version) {
        try (RunningGateway gateway = gateway(Map.of())) {
            for (Reply reply : List.of(Admin.of(gateway).get("upstreams/versions/" + version),
                    Admin.of(gateway).post("models/versions/" + version + "/restore", ""))) {
                assertThat(reply.status()).isEqualTo(404);
                assertThat(reply.error().path("code").asText()).isEqualTo("version_not_found");
            }
        }
    }

    /** RFC 9110, section 13.1.1. */
    @ParameterizedTest
    @ValueSource(strings = {UPSTREAMS, MODELS, RULES})
    void onlyTheVersionThatIfMatchNamesIsReplaced(String kind) {
        try (RunningGateway gateway = gateway(Map.of())) {
            Admin admin = Admin.of(gateway);
            String document = Map.of(UPSTREAMS, upstreams("a", first), RULES, rules("forbidden"))
                    .getOrDefault(kind, DRAFT);
            String zero = kind + "/versions/0/restore";
            assertThat(admin.get(kind + "/versions").header("etag")).contains("\"0\"");
            assertTag(admin.send("PUT", kind, document, IF_MATCH, "\"0\""), 1);
            assertTag(admin.get(kind + "/versions"), 1);
            assertTag(admin.get(kind + "/versions/1"), 1);

            for (String other : List.of("\"0\"", "\"2\"", "W/\"1\"", "\"0\", \"2\"", "\"\"", "\"one,two\"")) {
                for (Reply refused : List.of(admin.send("PUT", kind, document, IF_MATCH, other),
                        admin.send("POST", zero, "", IF_MATCH, other))) {
                    assertThat(refused.status()).as(other).isEqualTo(412);
                    assertThat(refused.error().path("code").asText()).isEqualTo("version_changed");
                    assertThat(refused.error().path("param").asText()).isEqualTo(IF_MATCH);
                    assertThat(refused.header("etag")).contains("\"1\"");
                    assertThat(refused.header("x-should-retry")).contains("false");
                }
            }
            assertThat(right(admin.get(kind + "/versions")).path("data")).as("nothing was stored").hasSize(1);
            assertThat(metric(gateway, "retouch_config_reloads_total{outcome=\"refused\"}")).isZero();

            assertTag(admin.send("POST", zero, "", IF_MATCH, "\"7\",  \"1\""), 2);
            assertTag(admin.get(kind + "/versions"), 2);
            assertThat(inUse(gateway, kind).path("version").asLong()).as("the file is in use").isZero();
            assertTag(admin.send("POST", kind + "/versions/1/restore", "", IF_MATCH, "*"), 3);
            assertTag(admin.send("PUT", kind, document), 4);
        }
    }

    private static void assertTag(Reply reply, long version) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        assertThat(reply.header("etag")).contains("\"" + version + "\"");
    }

    @ParameterizedTest
    @ValueSource(strings = {"1", "\"1", "\"1\" \"2\"", "w/\"1\"", "*, \"1\"", "\"1\",", "1\""})
    void ifMatchThatIsNoListOfEntityTagsIsRefused(String header) {
        try (RunningGateway gateway = gateway(Map.of())) {
            Reply refused = Admin.of(gateway).send("PUT", MODELS, DRAFT, IF_MATCH, header);
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.error().path("param").asText()).isEqualTo(IF_MATCH);
            assertThat(right(Admin.of(gateway).get("models/versions")).path("data")).isEmpty();
        }
    }

    @Test
    void ofSimultaneousChangesOfTheSameVersionOneIsStored() {
        try (Postgres postgres = Postgres.start()) {
            Map<String, String> shared = Map.of("RETOUCH_DATABASE_URL", postgres.newDatabase());
            try (RunningGateway one = gateway(shared); RunningGateway other = gateway(shared)) {
                List<CompletableFuture<Reply>> replies = IntStream.range(0, 12)
                        .mapToObj(number -> CompletableFuture.supplyAsync(
                                () -> Admin.of(number % 2 == 0 ? one : other).send("PUT", MODELS, DRAFT, IF_MATCH,
                                        "\"0\""),
                                Thread::startVirtualThread))
                        .toList();
                assertThat(replies.stream().map(CompletableFuture::join).map(Reply::status)).as("one is first")
                        .containsOnlyOnce(200).containsOnly(200, 412);
                for (RunningGateway gateway : List.of(one, other)) {
                    assertThat(right(Admin.of(gateway).get("models/versions")).path("data")).hasSize(1);
                }
            }
        }
    }

    @Test
    void noteHasAMaximumLength() {
        try (RunningGateway gateway = gateway(Map.of())) {
            Reply refused = Admin.of(gateway).send("PUT", MODELS,
                    "{\"models\":{},\"note\":\"" + "n".repeat(201) + "\"}");
            assertThat(refused.status()).isEqualTo(400);
            assertThat(refused.error().path("param").asText()).isEqualTo("note");
        }
    }

    /** Documents outlive the process; a setting takes the gateway back to its files. */
    @Test
    void documentIsUsedAfterARestart() {
        try (Postgres postgres = Postgres.start()) {
            String database = postgres.newDatabase();
            try (RunningGateway before = gateway(Map.of("RETOUCH_DATABASE_URL", database))) {
                put(before, UPSTREAMS, upstreams("a", first));
            }
            try (RunningGateway after = gateway(Map.of("RETOUCH_DATABASE_URL", database))) {
                assertThat(inUse(after, UPSTREAMS).path("version").asLong()).isEqualTo(1);
                assertThat(new Endpoint(after.baseUrl(), "").get("/readyz").text()).contains("upstream a");
            }
            try (RunningGateway files = gateway(
                    Map.of("RETOUCH_DATABASE_URL", database, "RETOUCH_CATALOG_STORED", "false"))) {
                assertThat(inUse(files, UPSTREAMS).path("source").asText()).isEqualTo("file");
                assertThat(Admin.of(files).send("PUT", UPSTREAMS, upstreams("b", second)).error().path("message")
                        .asText()).contains("catalog.stored");
            }
        }
    }

    /** As many as {@code retouch.reloads} says, under load. */
    @Test
    void manyVersionsLeaveNothingOpen() {
        int reloads = Integer.getInteger("retouch.reloads", 200);
        try (RunningGateway gateway = gateway(Map.of())) {
            Endpoint client = Admin.of(gateway).group("team", "").key("team", "");
            // both upstreams and both kinds have been used once before anything is counted
            put(gateway, UPSTREAMS, upstreams("b", second));
            assertThat(client.edit(CheapEdit.form()).status()).isEqualTo(200);
            put(gateway, UPSTREAMS, upstreams("a", first));
            assertThat(client.edit(CheapEdit.form()).status()).isEqualTo(200);
            ResourceSnapshot before = ResourceSnapshot.of(gateway);
            int threads = Thread.activeCount();
            IntStream.range(0, reloads).forEach(number -> {
                MockUpstream next = number % 2 == 0 ? second : first;
                put(gateway, UPSTREAMS, upstreams(number % 2 == 0 ? "b" : "a", next, ",\"priority\":" + (1 + number)));
                if (number % 10 == 0) {
                    assertThat(client.edit(CheapEdit.form()).status()).as("edit %s", number).isEqualTo(200);
                }
            });
            put(gateway, UPSTREAMS, upstreams("a", first));
            assertThat(client.edit(CheapEdit.form()).status()).isEqualTo(200);
            before.assertNothingMore();
            await("threads end", () -> Thread.activeCount() <= threads + 8);
            assertThat(inUse(gateway, UPSTREAMS).path("version").asLong()).isEqualTo(reloads + 3);
        }
    }
}
