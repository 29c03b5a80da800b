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

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Contract;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.Launched;
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
    void servesWithABannerWhoseCurlLineWorksAndStopsWhenTold() throws IOException {
        assumeThat(Path.of("/usr/bin/curl")).as("curl is not installed").exists();
        try (Launched retouch = Launched.retouch(folder, ANY_PORT, "serve")) {
            String address = retouch.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1);
            String key = retouch.awaitOutput("Sandbox key +(sk-sandbox-[0-9A-Za-z]{32})").group(1);
            String line = retouch.awaitOutput("(?m)^ *(curl .*edited\\.png)$").group(1);

            assertThat(retouch.out()).contains(address + "/docs").contains("Data directory");
            assertThat(retouch.err()).doesNotContain(key);
            assertThat(folder.resolve("retouch-data")).isDirectory();

            Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
            try (Launched shell = Launched.start(elsewhere, Map.of(), List.of("sh", "-c", line))) {
                assertThat(shell.exitCode()).as(shell.err()).isZero();
            }
            Picture edited = Picture.of(Files.readAllBytes(elsewhere.resolve("edited.png")));
            assertThat(edited.width()).isEqualTo(1024);
            assertThat(edited.height()).isEqualTo(1024);

            assertThat(retouch.terminate()).isLessThan(Duration.ofSeconds(5));
            assertThat(retouch.err()).doesNotContain("Exception");
            try (var left = Files.list(folder.resolve("retouch-data/tmp"))) {
                assertThat(left).isEmpty();
            }
        }
    }

    @Test
    void theKeyStaysTheSameAfterARestart() {
        String first;
        try (Launched retouch = Launched.retouch(folder, ANY_PORT, "serve")) {
            first = retouch.awaitOutput("sk-sandbox-\\w+").group();
            retouch.terminate();
        }
        try (Launched retouch = Launched.retouch(folder, ANY_PORT, "serve")) {
            assertThat(retouch.awaitOutput("sk-sandbox-\\w+").group()).isEqualTo(first);
            retouch.terminate();
        }
    }

    @Test
    void saysWhatItIs() {
        try (Launched help = Launched.retouch(folder, Map.of(), "--help")) {
            assertThat(help.exitCode()).isZero();
            assertThat(help.out()).contains("serve", "check-config", "--version");
        }
        try (Launched version = Launched.retouch(folder, Map.of(), "--version")) {
            assertThat(version.exitCode()).isZero();
            assertThat(version.out()).containsPattern("retouch \\d+\\.\\d+").containsPattern("java (2[5-9]|[3-9]\\d)")
                    .contains("contract " + new Contract().tree().at("/info/version").asText());
        }
    }

    @Test
    void namesTheNearestSettingForAMisspeltOne() throws IOException {
        Path config = Files.writeString(folder.resolve("retouch.yaml"), "port: 0\nlimits:\n  bdy: 1GB\n");
        try (Launched check = Launched.retouch(folder, Map.of(), "check-config", "--config", config.toString())) {
            assertThat(check.exitCode()).isEqualTo(1);
            assertThat(check.err()).contains("retouch.yaml", "3", "'limits.bdy'", "body").doesNotContain("\tat ");
        }
        Files.writeString(config, "port: 0\nlimits:\n  body: 1GB\n");
        try (Launched check = Launched.retouch(folder, Map.of(), "check-config", "--config", config.toString())) {
            assertThat(check.exitCode()).as(check.err()).isZero();
        }
    }

    @Test
    void saysThatAPortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            String port = Integer.toString(taken.getLocalPort());
            try (Launched retouch = Launched.retouch(folder, Map.of("RETOUCH_PORT", port), "serve")) {
                assertThat(retouch.exitCode()).isEqualTo(1);
                assertThat(retouch.err()).contains("cannot listen on 127.0.0.1:" + port, "RETOUCH_PORT")
                        .doesNotContain("\tat ");
            }
            try (Launched mock = Launched.mockUpstream(folder, Map.of(), "--port", port)) {
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
        try (Launched retouch = Launched.retouch(folder, environment, "serve")) {
            assertThat(retouch.exitCode()).isNotZero();
            assertThat(retouch.err()).contains(empty.toString(), "is not a JDK 25 or newer");
        }
        try (Launched mock = Launched.mockUpstream(folder, environment)) {
            assertThat(mock.exitCode()).isNotZero();
            assertThat(mock.err()).contains(empty.toString(), "is not a JDK 25 or newer");
        }
    }

    @Test
    void theMockUpstreamStandsAloneToo() {
        try (Launched mock = Launched.mockUpstream(folder, Map.of(), "--port", "0", "--key", "sk-mock-1234567890")) {
            String base = mock.awaitOutput("mock upstream: (http://127\\.0\\.0\\.1:\\d+)/v1").group(1);
            Endpoint endpoint = new Endpoint(URI.create(base), "sk-mock-1234567890");
            assertThat(endpoint.edit(Form.ofInput().text("model", "gpt-image-2")).images()).hasSize(1);
            assertThat(Endpoint.fetch(URI.create(base + "/mock/journal")).text()).contains("/v1/images/edits");
            assertThat(new Endpoint(URI.create(base), "sk-other").get("/v1/models").status()).isEqualTo(401);
            assertThat(mock.terminate()).isLessThan(Duration.ofSeconds(5));
        }
        try (Launched mock = Launched.mockUpstream(folder, Map.of(), "--help")) {
            assertThat(mock.exitCode()).isZero();
            assertThat(mock.out()).contains("--port", "--key");
        }
    }
}
