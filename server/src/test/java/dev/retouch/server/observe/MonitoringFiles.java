package dev.retouch.server.observe;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/** The dashboards, the alert rules and the configuration of Prometheus in {@code deploy/monitoring}. */
final class MonitoringFiles {

    static final Path FOLDER = Path.of("..", "deploy", "monitoring");
    /** A metric and the label matchers after it. */
    static final Pattern METRIC = Pattern
            .compile("\\b((?:retouch|jvm|process|system|disk|resilience4j)_[a-z0-9_]+)(?:\\{([^}]*)})?");

    private MonitoringFiles() {}

    static List<Path> dashboards() {
        try (Stream<Path> files = Files.list(FOLDER.resolve("grafana/dashboards"))) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static JsonNode dashboard(Path file) {
        try {
            return new ObjectMapper().readTree(file.toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static JsonNode yaml(String name) {
        try {
            return new YAMLMapper().readTree(FOLDER.resolve(name).toFile());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    static List<String> expressionsOfDashboards() {
        List<String> all = new ArrayList<>();
        for (Path file : dashboards()) {
            for (JsonNode panel : dashboard(file).path("panels")) {
                panel.path("targets").forEach(target -> all.add(target.path("expr").asText()));
            }
        }
        return all;
    }

    static List<JsonNode> rules() {
        List<JsonNode> all = new ArrayList<>();
        yaml("alerts.yaml").path("groups").forEach(group -> group.path("rules").forEach(all::add));
        return all;
    }

    /** The names of the metrics in an expression. */
    static Set<String> metrics(String expression) {
        Set<String> names = new TreeSet<>();
        Matcher used = METRIC.matcher(expression);
        while (used.find()) {
            names.add(used.group(1));
        }
        return names;
    }
}
