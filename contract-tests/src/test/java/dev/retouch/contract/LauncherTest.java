package dev.retouch.contract;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Picture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

/** What people start, by the scripts that they start it with. */
class LauncherTest {

    private static final Map<String, String> ANY_PORT = Map.of("RETOUCH_PORT", "0");

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    @Test
    void bannersCurlLineWorksAndServerStopsOnSignal() throws IOException {
        assumeThat(Path.of("/usr/bin/curl")).as("curl is not installed").exists();
        try (LaunchedProcess retouch = LaunchedProcess.retouch(folder, ANY_PORT, "serve")) {
            String address = retouch.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1);
            String key = retouch.awaitOutput("Sandbox key +(sk-sandbox-[0-9A-Za-z]{32})").group(1);
            String line = retouch.awaitOutput("(?m)^ *(curl .*edited\\.png)$").group(1);

            assertThat(retouch.out()).contains(address + "/docs").contains("Data directory");
            assertThat(retouch.err()).doesNotContain(key);
            assertThat(folder.resolve("retouch-data")).isDirectory();

            Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
            try (LaunchedProcess shell = LaunchedProcess.start(elsewhere, Map.of(), List.of("sh", "-c", line))) {
                assertThat(shell.exitCode()).as(shell.err()).isZero();
            }
            Picture edited = Picture.of(Files.readAllBytes(elsewhere.resolve("edited.png")));
            assertThat(edited.width()).isEqualTo(1024);
            assertThat(edited.height()).isEqualTo(1024);

            assertThat(retouch.terminate()).isLessThan(Duration.ofSeconds(15));
            assertThat(retouch.err()).doesNotContain("Exception");
            try (var left = Files.list(folder.resolve("retouch-data/tmp"))) {
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void secondGatewayDoesNotShareADataDirectory() {
        try (LaunchedProcess first = LaunchedProcess.retouch(folder, ANY_PORT, "serve")) {
            String address = first.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1);
            try (LaunchedProcess second = LaunchedProcess.retouch(folder, ANY_PORT, "serve")) {
                assertThat(second.exitCode()).as(second.out()).isNotZero();
                assertThat(second.err()).contains("another gateway uses the data directory")
                        .contains("RETOUCH_DATA_DIR").doesNotContain("\tat ");
            }
            try (LaunchedProcess command = LaunchedProcess.retouch(folder, Map.of(), "groups", "list")) {
                assertThat(command.exitCode()).as("commands need no lock: " + command.err()).isZero();
            }
            assertThat(Endpoint.fetch(URI.create(address + "/healthz")).status()).isEqualTo(200);
        }
    }

    @Test
    void theKeyStaysTheSameAfterARestart() {
        String first;
        try (LaunchedProcess retouch = LaunchedProcess.retouch(folder, ANY_PORT, "serve")) {
            first = retouch.awaitOutput("sk-sandbox-\\w+").group();
            retouch.terminate();
        }
        try (LaunchedProcess retouch = LaunchedProcess.retouch(folder, ANY_PORT, "serve")) {
            assertThat(retouch.awaitOutput("sk-sandbox-\\w+").group()).isEqualTo(first);
            retouch.terminate();
        }
    }

    /** SIGHUP ends a Java program that does not handle it. */
    @Test
    void hangupReadsFilesAgainAndLinesAreJson() throws IOException {
        Path models = Files.writeString(folder.resolve("models.yaml"), "{}\n");
        Map<String, String> environment = new HashMap<>(ANY_PORT);
        environment.put("RETOUCH_LOG_FORMAT", "json");
        environment.put("RETOUCH_MODELS_FILE", models.toString());
        // the test may run where this signal is ignored, as below nohup
        List<String> command = List.of("env", "--default-signal=HUP", LaunchedProcess.retouchScript().toString(),
                "serve");
        try (LaunchedProcess retouch = LaunchedProcess.start(folder, environment, command)) {
            String address = retouch.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1);
            String key = retouch.awaitOutput("Sandbox key +(sk-sandbox-[0-9A-Za-z]{32})").group(1);
            Endpoint endpoint = new Endpoint(URI.create(address), key);
            assertThat(endpoint.edit(Form.ofInput().text("model", "gpt-image-2")).images()).hasSize(1);
            try (LaunchedProcess kill = LaunchedProcess.start(folder, Map.of(),
                    List.of("sh", "-c", "kill -HUP " + retouch.pid()))) {
                assertThat(kill.exitCode()).as(kill.err()).isZero();
            }
            Awaitility.await().atMost(Duration.ofSeconds(30))
                    .until(() -> retouch.err().contains("files reloaded upstreams"));
            assertThat(endpoint.edit(Form.ofInput().text("model", "gpt-image-2")).images()).hasSize(1);
            retouch.terminate();

            ObjectMapper mapper = new ObjectMapper();
            assertThat(retouch.err().lines()).allSatisfy(line -> {
                JsonNode members = mapper.readTree(line);
                assertThat(members.path("timestamp").asText()).endsWith("Z");
                assertThat(members.path("level").asText()).isNotEmpty();
            }).anySatisfy(line -> {
                JsonNode members = mapper.readTree(line);
                assertThat(members.path("logger").asText()).isEqualTo("dev.retouch.edit");
                assertThat(members.path("outcome").asText()).isEqualTo("succeeded");
                assertThat(members.path("request_id").asText()).startsWith("req_");
            });
        }
    }

    @Test
    void saysWhatItIs() {
        try (LaunchedProcess help = LaunchedProcess.retouch(folder, Map.of(), "--help")) {
            assertThat(help.exitCode()).isZero();
            assertThat(help.out()).contains("serve", "check-config", "--version");
        }
        try (LaunchedProcess version = LaunchedProcess.retouch(folder, Map.of(), "--version")) {
            assertThat(version.exitCode()).isZero();
            assertThat(version.out()).containsPattern("retouch \\d+\\.\\d+").containsPattern("java (2[5-9]|[3-9]\\d)")
                    .contains("contract " + new Contract().tree().at("/info/version").asText());
        }
    }

    /** The image gives the heap a share of the container's memory. */
    @Test
    void heapHasAMaximumUnlessItIsAShareOfTheMemory() {
        assertThat(maxHeap("")).containsPattern("= 536870912 .*command line");
        assertThat(maxHeap(" -Xmx256m")).containsPattern("= 268435456 .*command line");
        assertThat(maxHeap(" -XX:MaxRAMPercentage=60 -XX:+ExitOnOutOfMemoryError")).contains("ergonomic");
    }

    private String maxHeap(String options) {
        try (LaunchedProcess version = LaunchedProcess.retouch(folder,
                Map.of("RETOUCH_JAVA_OPTS", "-XX:+PrintFlagsFinal" + options), "--version")) {
            assertThat(version.exitCode()).as(version.err()).isZero();
            return version.out().lines().filter(line -> line.contains(" MaxHeapSize ")).findFirst().orElseThrow();
        }
    }

    @Test
    void loadsTheTrainedCache() {
        try (LaunchedProcess version = LaunchedProcess.retouch(folder, Map.of("RETOUCH_JAVA_OPTS", "-XX:AOTMode=on"),
                "--version")) {
            assertThat(version.exitCode()).as("mode 'on' fails without a cache that fits: %s", version.err()).isZero();
            assertThat(version.err()).isEmpty();
        }
    }

    @Test
    void warmsUpWithoutATrace() throws IOException {
        Path data = folder.resolve("data");
        Map<String, String> environment = Map.of("RETOUCH_WARM_UP", "500ms", "RETOUCH_PORT", "0", "RETOUCH_DATA_DIR",
                data.toString());
        try (LaunchedProcess gateway = LaunchedProcess.retouch(folder, environment, "serve")) {
            gateway.awaitOutput("Retouch is up +http://\\S+");
            assertThat(gateway.out()).doesNotContain("/v1/images/edits status=");
            assertThat(gateway.err()).doesNotContain("WARN", "warning");
            try (LedgerProbe ledger = LedgerProbe.of(data)) {
                assertThat(ledger.edits("1 = 1")).isZero();
            }
            gateway.terminate();
        }
    }

    @Test
    void namesTheNearestSettingForAMisspeltOne() throws IOException {
        Path config = Files.writeString(folder.resolve("retouch.yaml"), "port: 0\nhttp:\n  max-bdy-size: 1GB\n");
        try (LaunchedProcess check = LaunchedProcess.retouch(folder, Map.of(), "check-config", "--config",
                config.toString())) {
            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.err()).contains("retouch.yaml", "3", "'http.max-bdy-size'", "max-body-size")
                    .doesNotContain("\tat ");
        }
        Files.writeString(config, "port: 0\nhttp:\n  max-body-size: 1GB\n");
        try (LaunchedProcess check = LaunchedProcess.retouch(folder, Map.of(), "check-config", "--config",
                config.toString())) {
            assertThat(check.exitCode()).as(check.err()).isZero();
        }
    }

    @Test
    void saysThatAPortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            try (LaunchedProcess retouch = LaunchedProcess.retouch(folder, Map.of("RETOUCH_PORT", port), "serve")) {
                assertThat(retouch.exitCode()).isEqualTo(1);
                assertThat(retouch.err()).contains("cannot listen on 127.0.0.1:" + port, "RETOUCH_PORT")
                        .doesNotContain("\tat ");
            }
            try (LaunchedProcess mock = LaunchedProcess.mockUpstream(folder, Map.of(), "--port", port)) {
                assertThat(mock.exitCode()).isNotZero();
                assertThat(mock.err()).contains(port).doesNotContain("\tat ");
            }
        }
    }

    @Test
    void saysWhichJdkIsMissing() throws IOException {
        Path empty = Files.createDirectory(folder.resolve("no-jdk"));
        Map<String, String> environment = new HashMap<>(ANY_PORT);
        environment.put("RETOUCH_JAVA_HOME", empty.toString());
        try (LaunchedProcess retouch = LaunchedProcess.retouch(folder, environment, "serve")) {
            assertThat(retouch.exitCode()).isNotZero();
            assertThat(retouch.err()).contains(empty.toString(), "is not a JDK 25 or newer");
        }
        try (LaunchedProcess mock = LaunchedProcess.mockUpstream(folder, environment)) {
            assertThat(mock.exitCode()).isNotZero();
            assertThat(mock.err()).contains(empty.toString(), "is not a JDK 25 or newer");
        }
    }

    @Test
    void theMockUpstreamStandsAloneToo() {
        try (LaunchedProcess mock = LaunchedProcess.mockUpstream(folder, Map.of(), "--port", "0", "--key",
                "sk-mock-1234567890")) {
            String base = mock.awaitOutput("mock upstream: (http://127\\.0\\.0\\.1:\\d+)/v1").group(1);
            Endpoint endpoint = new Endpoint(URI.create(base), "sk-mock-1234567890");
            assertThat(endpoint.edit(Form.ofInput().text("model", "gpt-image-2")).images()).hasSize(1);
            assertThat(Endpoint.fetch(URI.create(base + "/mock/journal")).text()).contains("/v1/images/edits");
            assertThat(new Endpoint(URI.create(base), "sk-other").get("/v1/models").status()).isEqualTo(401);
            assertThat(mock.terminate()).isLessThan(Duration.ofSeconds(15));
        }
        try (LaunchedProcess mock = LaunchedProcess.mockUpstream(folder, Map.of(), "--help")) {
            assertThat(mock.exitCode()).isZero();
            assertThat(mock.out()).contains("--port", "--key");
        }
    }
}
