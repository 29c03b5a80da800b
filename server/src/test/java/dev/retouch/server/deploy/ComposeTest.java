package dev.retouch.server.deploy;

import java.net.URI;
import java.nio.file.Files;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.api.Test;

import dev.retouch.server.config.Configuration;

import static org.assertj.core.api.Assertions.assertThat;

/** {@code compose.yaml} has known keys only, and sets variables that the gateway reads. */
class ComposeTest {

    private static final Set<String> SERVICE_KEYS = Set.of("build", "image", "depends_on", "environment", "ports",
            "volumes", "tmpfs", "read_only", "cap_drop", "security_opt", "stop_grace_period", "restart", "healthcheck",
            "profiles", "command", "configs");
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([A-Z_]+)(?::-[^}]*)?}");
    private static final Pattern DEFAULT = Pattern.compile("\\$\\{[A-Z_]+(?::-([^}]*))?}");

    private final JsonNode compose = DeployFolder.yaml("compose.yaml");
    private final JsonNode gateway = compose.path("services").path("gateway");

    /** The value without a .env file. */
    private static String value(JsonNode node) {
        return DEFAULT.matcher(node.asText()).replaceAll(match -> match.group(1) == null ? "" : match.group(1));
    }

    private Configuration settings() {
        Map<String, String> variables = new HashMap<>(Map.of("RETOUCH_HOST", "0.0.0.0"));
        gateway.path("environment").properties().forEach(entry -> {
            if (!entry.getKey().equals("RETOUCH_LOG_LEVEL")) {
                variables.put(entry.getKey(), value(entry.getValue()));
            }
        });
        return DeployFolder.settings(variables);
    }

    @Test
    void servicesHaveKnownKeysAndReferToWhatIsDeclared() {
        Set<String> top = Set.of("name", "services", "configs", "volumes");
        assertThat(compose.properties()).allSatisfy(entry -> assertThat(top).contains(entry.getKey()));
        Set<String> volumes = new HashSet<>();
        compose.path("services").properties().forEach(service -> {
            service.getValue().properties().forEach(entry -> assertThat(SERVICE_KEYS).contains(entry.getKey()));
            service.getValue().path("depends_on").properties()
                    .forEach(other -> assertThat(compose.path("services").has(other.getKey())).isTrue());
            service.getValue().path("volumes").forEach(volume -> {
                String source = volume.asText().substring(0, volume.asText().indexOf(':'));
                if (source.startsWith(".")) {
                    assertThat(DeployFolder.ROOT.resolve(source)).exists();
                } else {
                    volumes.add(source);
                }
            });
            service.getValue().path("configs")
                    .forEach(
                            config -> assertThat(compose.path("configs").has(config.path("source").asText())).isTrue());
            String file = service.getValue().path("build").path("dockerfile").asText();
            assertThat(file.isEmpty() || Files.exists(DeployFolder.ROOT.resolve("..").resolve(file))).as(file).isTrue();
        });
        assertThat(volumes).isEqualTo(compose.path("volumes").properties().stream().map(Map.Entry::getKey)
                .collect(Collectors.toSet()));
    }

    @Test
    void everyVariableIsInTheExample() {
        Set<String> used = DeployFolder.names(VARIABLE, DeployFolder.text("compose.yaml"));
        Set<String> documented = DeployFolder.names(Pattern.compile("(?m)^([A-Z_]+)="),
                DeployFolder.text(".env.example"));
        assertThat(documented).isEqualTo(used);
    }

    @Test
    void gatewayReadsItsEnvironment() {
        Configuration settings = settings();
        assertThat(settings.databaseUrl().value().orElseThrow()).contains("@postgres:5432/");
        assertThat(settings.bootstrapKey().value().orElseThrow()).hasSizeGreaterThanOrEqualTo(16);
        assertThat(settings.metricsToken().value().orElseThrow())
                .isEqualTo(value(compose.path("configs").path("metrics-token").path("content")));
        assertThat(gateway.path("ports").path(0).asText()).endsWith(":" + settings.port());
        Duration stop = Duration.parse("PT" + gateway.path("stop_grace_period").asText());
        assertThat(stop).isGreaterThanOrEqualTo(
                settings.shutdown().delay().plus(settings.shutdown().grace()).plusSeconds(10));
    }

    @Test
    void gatewayIsUnprivileged() {
        assertThat(gateway.path("read_only").asBoolean()).isTrue();
        assertThat(gateway.path("cap_drop").path(0).asText()).isEqualTo("ALL");
        assertThat(gateway.path("tmpfs").path(0).asText()).as("the driver of SQLite loads a library there")
                .startsWith("/tmp:exec");
        assertThat(gateway.path("depends_on").path("postgres").path("condition").asText())
                .isEqualTo("service_healthy");
    }

    /** Panels can lead from an exemplar to its trace. */
    @Test
    void grafanaFindsItsDataSources() {
        Map<String, JsonNode> sources = new HashMap<>();
        DeployFolder.yaml("monitoring/grafana/provisioning/datasources/prometheus.yaml").path("datasources")
                .forEach(source -> sources.put(source.path("uid").asText(), source));
        assertThat(sources.values()).allSatisfy(source -> assertThat(
                compose.path("services").has(URI.create(source.path("url").asText()).getHost())).isTrue());
        JsonNode link = sources.get("prometheus").at("/jsonData/exemplarTraceIdDestinations/0");
        assertThat(sources).containsKey(link.path("datasourceUid").asText());
        assertThat(compose.path("services").path("prometheus").path("command").toString())
                .contains("--enable-feature=exemplar-storage");
    }

    @Test
    void prometheusScrapesTheGateway() {
        JsonNode scrape = DeployFolder.yaml("monitoring/prometheus.yml").path("scrape_configs").path(0);
        assertThat(scrape.path("static_configs").path(0).path("targets").path(0).asText())
                .isEqualTo("gateway:" + settings().port());
        assertThat(scrape.path("metrics_path").asText()).isEqualTo("/metrics");
        assertThat(compose.path("services").path("prometheus").path("configs").path(0).path("target").asText())
                .isEqualTo(scrape.path("authorization").path("credentials_file").asText());
    }
}
