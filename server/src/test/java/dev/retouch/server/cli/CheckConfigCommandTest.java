package dev.retouch.server.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

import com.sun.net.httpserver.HttpServer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

import dev.retouch.server.app.Gateway;
import dev.retouch.server.config.ConfigurationLoader;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code retouch check-config}: all files together, and what they would change at a running gateway. */
@Tag("slow")
class CheckConfigCommandTest {

    private static final String TOKEN = "token-of-16-chars";

    @TempDir
    private Path folder = Path.of(".");
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int check(Map<String, String> environment, String... more) {
        CommandLine line = RetouchCommand.commandLine(environment, Clock.systemUTC());
        line.setOut(new PrintWriter(out, true));
        line.setErr(new PrintWriter(err, true));
        String[] arguments = new String[more.length + 1];
        arguments[0] = "check-config";
        System.arraycopy(more, 0, arguments, 1, more.length);
        return line.execute(arguments);
    }

    private Map<String, String> environment(String upstreams, String models) throws IOException {
        Path folderOfFiles = Files.createTempDirectory(folder, "files");
        return new HashMap<>(Map.of("RETOUCH_PORT", "0", "RETOUCH_DATA_DIR", folder.resolve("data").toString(),
                "RETOUCH_ADMIN_TOKEN", TOKEN, "OPENAI_KEY", "sk-of-openai", "RETOUCH_UPSTREAMS_FILE",
                Files.writeString(folderOfFiles.resolve("upstreams.yaml"), upstreams).toString(),
                "RETOUCH_MODELS_FILE",
                Files.writeString(folderOfFiles.resolve("models.yaml"), models).toString()));
    }

    private static Gateway start(Map<String, String> environment) throws IOException {
        return Gateway.start(new ConfigurationLoader(environment).load(Optional.empty()), environment,
                Clock.systemUTC());
    }

    @Test
    void showsWhatTheFilesWouldChange() throws IOException {
        Map<String, String> running = environment("""
                openai: {url: 'https://api.openai.com/v1', key-env: OPENAI_KEY, priority: 1}
                old: {url: 'https://old.example.com/v1'}
                """, "");
        Map<String, String> next = environment("""
                openai: {url: 'https://api.openai.com/v1', key-env: OPENAI_KEY, priority: 2, weight: 3}
                relay: {url: 'https://relay.example.com/v1'}
                """, "");
        running.put("RETOUCH_MODERATION_RULES_FILE",
                Files.writeString(folder.resolve("old-rules.yaml"), "words: [a, b]\nimages: []\n").toString());
        next.put("RETOUCH_MODERATION_RULES_FILE",
                Files.writeString(folder.resolve("rules.yaml"), "words: [b, c, {text: d}]\npatterns: [e]\n")
                        .toString());
        try (Gateway gateway = start(running)) {
            String address = gateway.address().toString();
            assertThat(check(next, "--against", address + "/")).as(err.toString()).isZero();
            assertThat(out.toString()).contains("The settings are right",
                    "upstreams: adds relay; changes openai (priority, weight); removes old",
                    "models: nothing changes",
                    "rules: adds patterns; changes words (2 added, 1 removed); removes images");
            assertThat(check(running, "--against", address)).isZero();
            assertThat(out.toString()).contains("upstreams: nothing changes");

            Map<String, String> stranger = new HashMap<>(next);
            stranger.put("RETOUCH_ADMIN_TOKEN", "another-token-of-many-chars");
            assertThat(check(stranger, "--against", address)).isEqualTo(1);
            assertThat(err.toString()).contains("refuses the admin token");
            stranger.remove("RETOUCH_ADMIN_TOKEN");
            assertThat(check(stranger, "--against", address)).isEqualTo(1);
            assertThat(err.toString()).contains("RETOUCH_ADMIN_TOKEN");
        }
        assertThat(check(next, "--against", "http://127.0.0.1:1")).isEqualTo(1);
        assertThat(err.toString()).contains("does not respond");
    }

    @Test
    void saysThatStoredDocumentsAreUsedInsteadOfFiles() throws IOException, InterruptedException {
        Map<String, String> environment = environment("", "");
        try (Gateway gateway = start(environment); HttpClient client = HttpClient.newHttpClient()) {
            URI models = gateway.address().resolve("/admin/v1/models");
            assertThat(client.send(HttpRequest.newBuilder(models)
                    .headers("Authorization", "Bearer " + TOKEN, "Content-Type", "application/json")
                    .PUT(BodyPublishers.ofString("{\"models\": {\"team-draft\": {\"like\": \"dall-e-2\"}}}")).build(),
                    BodyHandlers.ofString()).statusCode()).isEqualTo(200);
            assertThat(check(environment, "--against", gateway.address().toString())).as(err.toString()).isZero();
            assertThat(out.toString()).contains("models: the gateway uses version 1 of its database");
        }
        CommandLine groups = RetouchCommand.commandLine(environment, Clock.systemUTC());
        groups.setErr(new PrintWriter(err, true));
        assertThat(groups.execute("groups", "create", "team", "--model", "team-draft"))
                .as("commands know the stored models: " + err).isZero();
    }

    /** Before an upgrade, the command of the new version asks the gateway of the old one. */
    @Test
    void gatewayOfAnOlderVersionDoesNotSayWhichRulesItUses() throws IOException {
        HttpServer older = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        older.createContext("/", exchange -> {
            boolean known = !exchange.getRequestURI().getPath().contains("rules");
            byte[] body = "{\"in_use\":{\"version\":0,\"document\":{}}}".getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(known ? 200 : 404, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        older.start();
        try {
            String address = "http://127.0.0.1:" + older.getAddress().getPort();
            assertThat(check(environment("", ""), "--against", address)).as(err.toString()).isZero();
            assertThat(out.toString()).contains("models: nothing changes", "rules: the gateway is of an older version");
        } finally {
            older.stop(0);
        }
    }

    @Test
    void checksTheRulesFileToo() throws IOException {
        Map<String, String> environment = environment("", "");
        environment.put("RETOUCH_MODERATION_RULES_FILE",
                Files.writeString(folder.resolve("rules.yaml"), "wrods: [x]\n").toString());
        assertThat(check(environment)).isEqualTo(1);
        assertThat(err.toString()).contains("rules.yaml").contains("wrods");
    }
}
