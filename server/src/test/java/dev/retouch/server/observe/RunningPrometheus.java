package dev.retouch.server.observe;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Prometheus with the configuration and the alert rules of {@code deploy/monitoring}. Copies differ from them in the address of the gateway,
 * the file of the token, and the times, which are a second each so that no test waits for minutes.
 */
final class RunningPrometheus implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("msg=\"Listening on\" address=(\\S+)");
    private static final String SECOND = "1s";

    private final Process process;
    private final Queue<String> output = new ConcurrentLinkedQueue<>();
    private final HttpClient http = HttpClient.newHttpClient();
    private final ObjectMapper mapper = new ObjectMapper();
    private final URI address;

    private RunningPrometheus(Process process) {
        this.process = process;
        CompletableFuture<String> listening = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> readOutput(listening));
        this.address = URI.create("http://" + listening.completeOnTimeout("", 60, TimeUnit.SECONDS).join());
        assertThat(address.getHost()).as("Prometheus listens: " + output).isNotNull();
    }

    /** Starts Prometheus on a free port; empty if this machine has none. */
    static Optional<RunningPrometheus> start(Path folder, URI gateway, String token) {
        try {
            Path tokenFile = Files.writeString(folder.resolve("metrics-token"), token);
            YAMLMapper yaml = new YAMLMapper();
            yaml.writeValue(folder.resolve("prometheus.yml").toFile(),
                    configuration(gateway.getAuthority(), tokenFile));
            yaml.writeValue(folder.resolve("alerts.yaml").toFile(), shortened(MonitoringFiles.yaml("alerts.yaml")));
            List<String> command = List.of("prometheus", "--config.file=" + folder.resolve("prometheus.yml"),
                    "--storage.tsdb.path=" + folder.resolve("series"), "--web.listen-address=127.0.0.1:0",
                    "--enable-feature=exemplar-storage");
            return Optional.of(new RunningPrometheus(new ProcessBuilder(command).redirectErrorStream(true).start()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static JsonNode configuration(String gateway, Path token) {
        JsonNode all = MonitoringFiles.yaml("prometheus.yml");
        assertThat(all.path("rule_files").toString()).isEqualTo("[\"alerts.yaml\"]");
        replace(all.path("global"), "scrape_interval", SECOND);
        replace(all.path("global"), "evaluation_interval", SECOND);
        replace(all.at("/scrape_configs/0/authorization"), "credentials_file", token.toString());
        JsonNode target = all.at("/scrape_configs/0/static_configs/0");
        assertThat(target.path("targets").size()).isEqualTo(1);
        ((ObjectNode) target).putArray("targets").add(gateway);
        return all;
    }

    private static void replace(JsonNode object, String field, String value) {
        assertThat(object.path(field).isTextual()).as(field).isTrue();
        ((ObjectNode) object).put(field, value);
    }

    /** The rules without the times for which a condition must hold. */
    private static JsonNode shortened(JsonNode rules) {
        rules.path("groups").forEach(group -> group.path("rules").forEach(rule -> {
            if (rule.has("for")) {
                replace(rule, "for", SECOND);
            }
        }));
        return rules;
    }

    private void readOutput(CompletableFuture<String> listening) {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                Matcher found = LISTENING.matcher(line);
                if (found.find()) {
                    listening.complete(found.group(1));
                }
            }
        } catch (IOException e) {
            output.add(e.toString());
        }
        listening.complete("");
    }

    /** The data of a response of the HTTP API. */
    private JsonNode data(String path) {
        try {
            HttpResponse<String> response = http.send(
                    HttpRequest.newBuilder(address.resolve("/api/v1/" + path)).build(),
                    BodyHandlers.ofString());
            assertThat(response.statusCode()).as(path + "\n" + response.body()).isEqualTo(200);
            return mapper.readTree(response.body()).path("data");
        } catch (IOException e) {
            throw new UncheckedIOException(output.toString(), e);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** The series that an expression has now. */
    JsonNode query(String expression) {
        return data("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8)).path("result");
    }

    JsonNode targets() {
        return data("targets").path("activeTargets");
    }

    /** The alerts of a rule that are pending or firing. */
    List<JsonNode> alerts(String name) {
        List<JsonNode> all = new ArrayList<>();
        data("alerts").path("alerts").forEach(alert -> {
            if (alert.path("labels").path("alertname").asText().equals(name)) {
                all.add(alert);
            }
        });
        return all;
    }

    /** Waits until the process has ended, so that its folder can be removed. */
    @Override
    public void close() {
        process.destroy();
        process.onExit().orTimeout(20, TimeUnit.SECONDS).exceptionally(_ -> process.destroyForcibly()).join();
        http.close();
    }
}
