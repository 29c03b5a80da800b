package dev.retouch.server.observe;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.server.contract.model.ErrorCode;
import dev.retouch.server.fixture.Eventually;
import dev.retouch.server.storage.TestStore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

/** Every metric and label that a dashboard, an alert rule or the autoscaler uses is exposed by a gateway that has run edits. */
@Tag("slow")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class MonitoringTest {

    private static final Pattern LABEL = Pattern.compile("([a-z_]+)\\s*(?:=~|!~|!=|=)\\s*\"([^\"]*)\"");
    private static final Pattern GROUPING = Pattern.compile("by \\(([a-z_, ]+)\\)");
    /** Labels that Prometheus adds. */
    private static final Set<String> SCRAPED = Set.of("job", "instance");
    /** Exposed with TLS only; {@code MetricsTest} has it. */
    private static final Set<String> CONDITIONAL = Set.of("retouch_tls_certificate_expiry_timestamp_seconds");

    @TempDir
    private static Path folder;
    private TestStore store;
    private ObservedGateway gateway;
    private Samples metrics;
    private Optional<RunningPrometheus> prometheus = Optional.empty();

    @BeforeAll
    void run() throws Exception {
        store = TestStore.start();
        gateway = new ObservedGateway(folder,
                Map.of("RETOUCH_STORAGE_URL", "s3://" + TestStore.BUCKET + "/observed", "RETOUCH_STORAGE_ENDPOINT",
                        "http://127.0.0.1:" + store.port(), "RETOUCH_STORAGE_PATH_STYLE", "true"));
        prometheus = RunningPrometheus.start(Files.createDirectories(folder.resolve("prometheus")), gateway.address(),
                ObservedGateway.METRICS_TOKEN);
        gateway.runEverything();
        Runtime.getRuntime().gc();
        gateway.awaitMetric(0, "retouch_edits_active");
        gateway.awaitMetric(100, "retouch_budget_limit", "group=team");
        metrics = gateway.metrics();
    }

    @AfterAll
    void stop() {
        prometheus.ifPresent(RunningPrometheus::close);
        gateway.close();
        store.close();
    }

    /** Fails for a metric without a value, and for a label that the metric does not have. */
    private void assertKnown(String expression) {
        Matcher used = MonitoringFiles.METRIC.matcher(expression);
        Set<String> labels = new HashSet<>();
        while (used.find()) {
            String name = used.group(1);
            if (CONDITIONAL.contains(name)) {
                continue;
            }
            List<Samples.Sample> samples = metrics.of(name);
            assertThat(samples).as("%s in %s", name, expression).isNotEmpty()
                    .allSatisfy(sample -> assertThat(sample.value()).isNotNaN());
            samples.forEach(sample -> labels.addAll(sample.labels().keySet()));
            Matcher matchers = LABEL.matcher(used.group(2) == null ? "" : used.group(2));
            while (matchers.find()) {
                if (!SCRAPED.contains(matchers.group(1))) {
                    assertThat(samples.getFirst().labels()).as(expression).containsKey(matchers.group(1));
                }
                if (matchers.group(1).equals("code") && !matchers.group(2).equals("none")) {
                    Set<String> codes = new TreeSet<>(Arrays.stream(ErrorCode.values()).map(ErrorCode::getValue)
                            .toList());
                    assertThat(codes).as(expression).contains(matchers.group(2).split("\\|"));
                }
            }
        }
        Matcher grouping = GROUPING.matcher(expression);
        while (grouping.find() && !labels.isEmpty()) {
            Set<String> wanted = new HashSet<>(Arrays.asList(grouping.group(1).split(", ")));
            wanted.removeAll(SCRAPED);
            assertThat(labels).as(expression).containsAll(wanted);
        }
    }

    @Test
    void dashboardsUseExposedMetrics() throws IOException {
        List<String> expressions = MonitoringFiles.expressionsOfDashboards();
        assertThat(expressions).hasSizeGreaterThan(50).allSatisfy(this::assertKnown);
    }

    @Test
    void dashboardsAreWellFormed() throws IOException {
        Set<String> uids = new HashSet<>();
        for (Path file : MonitoringFiles.dashboards()) {
            JsonNode dashboard = MonitoringFiles.dashboard(file);
            assertThat(uids.add(dashboard.path("uid").asText())).as(file.toString()).isTrue();
            Set<String> variables = new HashSet<>(Set.of("__rate_interval"));
            dashboard.path("templating").path("list").forEach(variable -> {
                variables.add(variable.path("name").asText());
                assertKnown(variable.path("query").path("query").asText());
            });
            Set<Integer> ids = new HashSet<>();
            for (JsonNode panel : dashboard.path("panels")) {
                assertThat(ids.add(panel.path("id").asInt())).isTrue();
                assertThat(panel.path("gridPos").path("x").asInt() + panel.path("gridPos").path("w").asInt())
                        .isLessThanOrEqualTo(24);
                Matcher variable = Pattern.compile("\\$([a-z_]+)").matcher(panel.path("targets").toString());
                while (variable.find()) {
                    assertThat(variables).as(panel.path("title").asText()).contains(variable.group(1));
                }
            }
        }
    }

    @Test
    void alertRulesUseExposedMetrics() throws IOException {
        assertThat(MonitoringFiles.rules()).hasSizeGreaterThan(15).allSatisfy(rule -> {
            assertKnown(rule.path("expr").asText());
            assertThat(Path.of("..", "docs", "deploy.md")).content().contains("`" + rule.path("alert").asText() + "`");
            assertThat(rule.path("labels").path("severity").asText()).isIn("critical", "warning", "info");
            assertThat(rule.path("annotations").path("summary").asText()).isNotBlank();
        });
    }

    @Test
    void everyAlertFiresInATest() {
        Set<String> fired = new TreeSet<>();
        MonitoringFiles.yaml("alerts-test.yaml").findParents("exp_alerts").stream()
                .filter(test -> !test.path("exp_alerts").isEmpty())
                .forEach(test -> fired.add(test.path("alertname").asText()));
        assertThat(MonitoringFiles.rules()).extracting(rule -> rule.path("alert").asText()).isSubsetOf(fired);
    }

    @Test
    void autoscalerUsesAnExposedMetric() throws IOException {
        JsonNode autoscaler = new YAMLMapper()
                .readTree(Path.of("..", "deploy", "kubernetes", "overlays", "fleet", "autoscaler.yaml").toFile());
        assertThat(metrics.names())
                .contains(autoscaler.at("/spec/metrics/0/pods/metric/name").asText());
    }

    /** The documentation names each metric of the gateway, and no other. */
    @Test
    void pageNamesEveryMetric() throws IOException {
        String page = Files.readString(Path.of("..", "docs", "operations.md"));
        Set<String> exposed = new TreeSet<>();
        metrics.names().stream().filter(name -> name.startsWith("retouch_"))
                .map(name -> name.replaceFirst("_(bucket|count|sum|max)$", "")).forEach(exposed::add);
        exposed.add("retouch_db_pool_active");
        exposed.removeIf(name -> name.startsWith("retouch_db_pool") || name.endsWith("_in_flight_limit"));
        assertThat(exposed).allSatisfy(name -> assertThat(page).contains("`" + name + "`"));
        Matcher documented = Pattern.compile("`(retouch_[a-z_]+)`").matcher(page);
        while (documented.find()) {
            String name = documented.group(1);
            assertThat(metrics.names().stream().anyMatch(known -> known.startsWith(name)) || CONDITIONAL.contains(name))
                    .as(name).isTrue();
        }
    }

    private RunningPrometheus prometheus() {
        assumeTrue(prometheus.isPresent(), "prometheus is not installed (Debian package prometheus)");
        return prometheus.orElseThrow();
    }

    /** Prometheus finds the gateway with the shipped configuration, and has a value of every metric that a panel or a rule uses. */
    @Test
    void prometheusScrapesEveryUsedMetric() {
        RunningPrometheus running = prometheus();
        Eventually.so("the gateway is up in " + running.targets(),
                () -> running.query("up{job=\"retouch\"} == 1").size() == 1);
        Set<String> used = new TreeSet<>();
        MonitoringFiles.expressionsOfDashboards().forEach(each -> used.addAll(MonitoringFiles.metrics(each)));
        MonitoringFiles.rules()
                .forEach(rule -> used.addAll(MonitoringFiles.metrics(rule.path("expr").asText())));
        used.removeAll(CONDITIONAL);
        assertThat(used).hasSizeGreaterThan(40);
        for (String name : used) {
            Eventually.so("Prometheus has " + name, () -> !running.query(name + "{job=\"retouch\"}").isEmpty());
        }
    }

    /** Every panel shows something, as Grafana asks for it; that of rejected requests needs an object store that is away. */
    @Test
    void panelsHaveData() {
        RunningPrometheus running = prometheus();
        for (String expression : MonitoringFiles.expressionsOfDashboards()) {
            String asked = expression.replace("$__rate_interval", "1m").replace(", outcome=\"rejected\"", "")
                    .replaceAll("\\$[a-z_]+", ".+");
            Eventually.so("there is data for " + asked, () -> !running.query(asked).isEmpty());
        }
    }

    /** A group that has spent its budget raises an alert, which ends when the group is given more. */
    @Test
    void anAlertFiresAndEnds() {
        RunningPrometheus running = prometheus();
        String key = gateway.keyOfGroup("spent", "");
        gateway.administer("groups/spent/budget", "{\"amount\": \"0.017\"}");
        assertThat(gateway.edit(key, "a balloon").statusCode()).isEqualTo(200);
        Eventually.so("the alert fires", () -> alertsOfGroup(running, "spent").contains("firing"));
        assertThat(running.alerts("RetouchBudgetLow").getFirst().at("/annotations/summary").asText())
                .isEqualTo("The group spent has 5.882% of its budget left");
        gateway.administer("groups/spent/budget", "{\"amount\": \"10\"}");
        Eventually.so("the alert ends", () -> alertsOfGroup(running, "spent").isEmpty());
    }

    /** The states of the alerts of this group. */
    private static List<String> alertsOfGroup(RunningPrometheus running, String group) {
        return running.alerts("RetouchBudgetLow").stream()
                .filter(alert -> alert.at("/labels/group").asText().equals(group))
                .map(alert -> alert.path("state").asText()).toList();
    }

    @Test
    void promtoolAcceptsTheRulesAndTheirTests() throws Exception {
        promtool("check", "rules", "alerts.yaml");
        promtool("test", "rules", "alerts-test.yaml");
    }

    private static void promtool(String... arguments) throws InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        try {
            Process process = new ProcessBuilder(command).directory(MonitoringFiles.FOLDER.toFile())
                    .redirectErrorStream(true)
                    .start();
            String output = new String(process.getInputStream().readAllBytes(),
                    StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(process.exitValue()).as(output).isZero();
        } catch (IOException e) {
            assumeTrue(false, "promtool is not installed (Debian package prometheus)");
        }
    }
}
