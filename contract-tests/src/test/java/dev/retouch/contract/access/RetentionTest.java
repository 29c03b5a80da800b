package dev.retouch.contract.access;

import java.awt.image.BufferedImage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

import javax.imageio.ImageIO;

import com.fasterxml.jackson.databind.JsonNode;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Postgres;
import dev.retouch.contract.harness.Reply;
import dev.retouch.contract.harness.RunningGateway;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/** What is kept of edits: only what the group says, encrypted, for administrators only, and not after the group says otherwise. */
@Tag("slow")
@TestInstance(Lifecycle.PER_CLASS)
class RetentionTest {

    private static final String PROMPT = "an unmistakable zeppelin of mine";

    private final RunningGateway gateway;
    private final Admin admin;

    RetentionTest() {
        Gateways.ownOnly();
        gateway = RunningGateway.start(Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN));
        admin = Admin.of(gateway);
    }

    @AfterAll
    void stop() {
        gateway.close();
    }

    private Endpoint client(String group, String retain) {
        return admin.group(group, "\"retain\":\"" + retain + "\",\"retain_days\":7").key(group, "");
    }

    private static String id(Reply reply) {
        assertThat(reply.status()).as(reply.beginning()).isEqualTo(200);
        return reply.header("x-request-id").orElseThrow();
    }

    /** What is kept of an edit, once a part of it is there: it is written after the response. */
    private static JsonNode kept(Admin admin, String edit, String part) {
        return Awaitility.await().atMost(Duration.ofSeconds(20))
                .until(() -> admin.get("edits/" + edit).json().path("kept"), kept -> !kept.at(part).isMissingNode());
    }

    private JsonNode kept(String edit, String part) {
        return kept(admin, edit, part);
    }

    private Reply thumbnail(String url, String token) {
        return Endpoint.send(HttpRequest.newBuilder(URI.create(gateway.baseUrl() + url))
                .header("Authorization", "Bearer " + token).GET());
    }

    @Test
    void keepsPromptThumbnailsAndRunOfGroupThatKeepsContent() throws IOException {
        Endpoint client = client("content", "content");
        String edit = id(client.edit(CheapEdit.form(PROMPT)));
        kept(edit, "/thumbnails/1");
        JsonNode kept = kept(edit, "/run");
        assertThat(kept.path("prompt").asText()).isEqualTo(PROMPT);
        long created = admin.get("edits/" + edit).json().path("created_at").asLong();
        assertThat(kept.path("expires_at").asLong()).isBetween(created + 7 * 86_400 - 60, created + 7 * 86_400 + 60);
        assertThat(kept.at("/run/outcome").asText()).isEqualTo("succeeded");
        assertThat(kept.at("/run/upstreams/0").asText()).isEqualTo("sandbox");
        assertThat(kept.at("/run/mask").asBoolean()).isTrue();
        assertThat(kept.path("thumbnails").findValuesAsText("name")).containsExactly("input-1", "result-1");
        for (JsonNode each : kept.path("thumbnails")) {
            Reply image = thumbnail(each.path("url").asText(), Admin.TOKEN);
            assertThat(image.status()).isEqualTo(200);
            assertThat(image.header("content-type")).contains("image/jpeg");
            assertThat(image.header("cache-control")).contains("no-store");
            BufferedImage decoded = ImageIO.read(new ByteArrayInputStream(image.body()));
            assertThat(Math.max(decoded.getWidth(), decoded.getHeight())).isLessThanOrEqualTo(256);
        }
        Reply unknown = admin.get("edits/" + edit + "/thumbnails/result-9");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.error().path("code").asText()).isEqualTo("file_not_found");
        assertThat(admin.get("edits/" + edit + "/thumbnails/prompt").status()).isEqualTo(404);

        String list = client.get("/v1/edits").text();
        assertThat(list).contains(edit).doesNotContain("kept", "zeppelin");
        assertThat(client.get("/v1/key").text()).doesNotContain("zeppelin");
        assertThat(admin.get("edits?group=content").text()).contains(edit).doesNotContain("zeppelin");
        String key = client.key();
        assertThat(thumbnail(kept.at("/thumbnails/0/url").asText(), key).status()).isBetween(401, 403);
        assertThat(client.get("/admin/v1/edits/" + edit).text()).doesNotContain("zeppelin");
        assertThat(Endpoint.send(HttpRequest.newBuilder(URI.create(gateway.baseUrl() + "/metrics"))
                .header("Authorization", "Bearer " + Admin.TOKEN)).text()).doesNotContain("zeppelin");
        assertThat(filesWith(gateway.dataDir(), "zeppelin")).isEmpty();
        assertThat(filesWith(gateway.dataDir(), Base64.getEncoder().encodeToString(PROMPT.getBytes(
                StandardCharsets.UTF_8)))).isEmpty();
    }

    /** Files below a folder that have a text in them. */
    private static List<Path> filesWith(Path folder, String text) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile).filter(file -> {
                try {
                    return new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1).contains(text);
                } catch (IOException e) {
                    return false; // deleted meanwhile
                }
            }).toList();
        }
    }

    /** Whatever the form of the response, and also of images that the gateway stores or changes. */
    @Test
    void keepsThumbnailsOfEveryForm() {
        Endpoint client = client("forms", "content");
        Form form = Form.empty().text("model", "gpt-image-1").text("quality", "low").text("size", "1024x1024")
                .text("prompt", PROMPT).file("image", "image.png", "image/png", Fixtures.image());
        String streamed = id(client.edit(form.text("stream", "true")));
        assertThat(kept(streamed, "/thumbnails/1").at("/thumbnails/1/name").asText()).isEqualTo("result-1");
        String two = id(client.edit(form.text("n", "2")));
        assertThat(kept(two, "/thumbnails/2").path("thumbnails").findValuesAsText("name")).containsExactly("input-1",
                "result-1", "result-2");
        String link = id(client.edit(CheapEdit.form(PROMPT).text("response_format", "url")));
        assertThat(kept(link, "/thumbnails/1").at("/thumbnails/1/name").asText()).isEqualTo("result-1");
        assertThat(gateway.imageMemoryInUse()).isZero();
    }

    @Test
    void keepsRunButNoContentWithMetadata() {
        Endpoint client = client("metadata", "metadata");
        gateway.sandbox().scenarios().next(Scenario.status(500));
        String edit = client.edit(CheapEdit.form(PROMPT)).header("x-request-id").orElseThrow();
        JsonNode kept = kept(edit, "/run");
        assertThat(kept.at("/run/outcome").asText()).isEqualTo("failed");
        assertThat(kept.at("/run/code").asText()).isNotEmpty();
        assertThat(kept.has("prompt")).isFalse();
        assertThat(kept.has("thumbnails")).isFalse();
    }

    /** Groups keep nothing unless they say so; edits with the sandbox key are of no group that could. */
    @Test
    void keepsNothingByDefaultAndOfTheSandboxKey() {
        Endpoint client = admin.group("nothing", "").key("nothing", "");
        JsonNode group = admin.get("groups/nothing").json();
        assertThat(group.path("retain").asText()).isEqualTo("none");
        assertThat(group.path("retain_days").asInt()).isEqualTo(30);
        String edit = id(client.edit(CheapEdit.form(PROMPT)));
        String sandbox = id(gateway.endpoint().edit(CheapEdit.form(PROMPT)));
        String marker = id(client("marker", "content").edit(CheapEdit.form(PROMPT)));
        kept(marker, "/run"); // written after anything of the edits before it would be
        assertThat(admin.get("edits/" + edit).json().has("kept")).isFalse();
        assertThat(admin.get("edits/" + sandbox).json().has("kept")).isFalse();
    }

    @Test
    void changeOfTheGroupDeletesAtOnce() {
        Endpoint client = client("changing", "content");
        String edit = id(client.edit(CheapEdit.form(PROMPT)));
        String thumbnail = kept(edit, "/thumbnails/1").at("/thumbnails/0/url").asText();
        kept(edit, "/run");
        Reply reply = admin.patch("groups/changing", "{\"retain\":\"metadata\"}");
        assertThat(reply.json().path("retain_days").asInt()).isEqualTo(7);
        JsonNode kept = admin.get("edits/" + edit).json().path("kept");
        assertThat(kept.has("run")).isTrue();
        assertThat(kept.has("prompt")).isFalse();
        assertThat(thumbnail(thumbnail, Admin.TOKEN).status()).isEqualTo(404);
        admin.patch("groups/changing", "{\"retain\":\"none\"}");
        assertThat(admin.get("edits/" + edit).json().has("kept")).isFalse();
    }

    @Test
    void refusesOddValues() {
        admin.group("odd", "");
        for (String change : List.of("{\"retain\":\"all\"}", "{\"retain_days\":0}", "{\"retain_days\":366}",
                "{\"retain\":\"content\",\"retain_days\":-1}",
                "{\"retain\":7}")) {
            Reply reply = admin.patch("groups/odd", change);
            assertThat(reply.status()).as(change).isEqualTo(400);
        }
        assertThat(admin.patch("groups/odd", "{\"retain\":\"all\"}").error().path("param").asText())
                .isEqualTo("retain");
        assertThat(admin.get("groups/odd").json().path("retain").asText()).isEqualTo("none");
    }

    /** Instances that share a database keep content only with the same key, which the operator names. */
    @Test
    void fleetNeedsNamedKey(@TempDir Path folder) throws IOException {
        Path key = folder.resolve("content.key");
        Files.writeString(key, Base64.getEncoder().encodeToString(new byte[32]) + "\n");
        try (Postgres postgres = Postgres.start()) {
            String database = postgres.newDatabase();
            Map<String, String> without = Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_DATABASE_URL",
                    database);
            Map<String, String> with = Map.of("RETOUCH_ADMIN_TOKEN", Admin.TOKEN, "RETOUCH_DATABASE_URL", database,
                    "RETOUCH_RETENTION_KEY_FILE", key.toString());
            try (RunningGateway keyless = RunningGateway.start(without)) {
                Reply refused = Admin.of(keyless).post("groups", "{\"name\":\"fleet\",\"retain\":\"content\"}");
                assertThat(refused.status()).isEqualTo(400);
                assertThat(refused.error().path("param").asText()).isEqualTo("retain");
                assertThat(refused.error().path("message").asText()).contains("retention.key-file");
            }
            try (RunningGateway one = RunningGateway.start(with); RunningGateway other = RunningGateway.start(with)) {
                Endpoint client = Admin.of(one).group("fleet", "\"retain\":\"content\"").key("fleet", "");
                String edit = id(client.edit(CheapEdit.form(PROMPT)));
                assertThat(kept(Admin.of(other), edit, "/thumbnails/1").path("prompt").asText()).isEqualTo(PROMPT);
                assertThat(Admin.of(other).send("DELETE", "groups/fleet", "").status()).isEqualTo(409);
                Admin.of(other).patch("groups/fleet", "{\"retain\":\"none\"}");
                assertThat(Admin.of(one).get("edits/" + edit).json().has("kept")).isFalse();
            }
        }
    }
}
