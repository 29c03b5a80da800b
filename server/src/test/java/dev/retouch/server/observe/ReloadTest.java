package dev.retouch.server.observe;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

import com.sun.management.UnixOperatingSystemMXBean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.server.fixture.Eventually;

import static org.assertj.core.api.Assertions.assertThat;

/** Files of upstreams, models and rules that change while a gateway runs. */
@Tag("slow")
class ReloadTest {

    /** A thousand with {@code -Dretouch.reloads=1000}. */
    private static final int RELOADS = Integer.getInteger("retouch.reloads", 100);
    /** Threads and sockets come and go with other tests of this process. */
    private static final int SLACK = 12;

    @TempDir
    private Path folder = Path.of(".");
    private ObservedGateway gateway;
    private String key;

    @BeforeEach
    void start() throws IOException {
        Files.writeString(folder.resolve("models.yaml"), "");
        gateway = new ObservedGateway(folder,
                Map.of("RETOUCH_MODELS_FILE", folder.resolve("models.yaml").toString()));
        key = gateway.keyOfGroup("team", "\"moderation\": {\"mode\": \"block\"}");
    }

    @AfterEach
    void stop() {
        gateway.close();
    }

    private double reloads(String outcome) {
        return gateway.metrics().sum("retouch_config_reloads_total", "outcome=" + outcome);
    }

    /** Replaces a file at once, as editors and clusters do, and waits until it is in use. */
    private void write(String name, String content) throws IOException {
        double before = reloads("changed");
        replace(name, content);
        Eventually.so(name + " is in use", () -> reloads("changed") > before);
    }

    private void replace(String name, String content) throws IOException {
        Path written = Files.writeString(folder.resolve(name + ".new"), content);
        Files.move(written, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    private String upstreamsFile(String... lines) {
        return String.join("\n", lines).replace("FIRST", gateway.first().baseUrl().toString())
                .replace("SECOND", gateway.second().baseUrl().toString()) + "\n";
    }

    private long editsOf(MockUpstream upstream) {
        return upstream.journal().entries().stream().filter(entry -> entry.path().equals("/v1/images/edits")).count();
    }

    @Test
    void newEditsUseTheNewUpstreamsAndEditsInFlightFinishWithTheOld() throws IOException {
        String plain = gateway.keyOfGroup("plain", "");
        gateway.first().scenarios().next(Scenario.delay(Duration.ofSeconds(4)));
        CompletableFuture<HttpResponse<String>> running = gateway.editLater(plain, "a slow balloon");
        Eventually.so("the edit is dispatched",
                () -> gateway.metrics().sum("retouch_edits_in_flight", "upstream=first") == 1);

        write("upstreams.yaml", upstreamsFile("only:", "  url: SECOND", "  key-env: PROVIDER_KEY"));

        assertThat(running).as("the edit is not interrupted").isNotDone();
        assertThat(gateway.edit(plain, "a balloon").statusCode()).isEqualTo(200);
        assertThat(editsOf(gateway.second())).isEqualTo(1);
        assertThat(running.join().statusCode()).isEqualTo(200);
        assertThat(editsOf(gateway.first())).isEqualTo(1);
        assertThat(gateway.get("/readyz", "").body()).contains("upstream only").doesNotContain("upstream first");
        assertThat(gateway.metrics().of("retouch_upstream_breaker_state", "upstream=first")).isEmpty();
        assertThat(gateway.metrics().sum("retouch_upstream_breaker_state", "upstream=only")).isZero();
        gateway.administer("groups", "{\"name\": \"of-only\", \"upstreams\": [\"only\"]}");
    }

    @Test
    void unchangedUpstreamsKeepTheirCircuitBreaker() throws IOException {
        String plain = gateway.keyOfGroup("plain", "");
        gateway.first().scenarios().next(Scenario.rateLimit(60));
        assertThat(gateway.edit(plain, "a balloon").statusCode()).isEqualTo(200);
        Eventually.so("first is paused",
                () -> gateway.metrics().sum("retouch_upstream_breaker_state", "upstream=first") == 2);

        write("upstreams.yaml", upstreamsFile("first:", "  url: FIRST", "  key-env: PROVIDER_KEY", "third:",
                "  url: SECOND", "  key-env: PROVIDER_KEY", "  priority: 3"));

        assertThat(gateway.metrics().sum("retouch_upstream_breaker_state", "upstream=first")).isEqualTo(2);
        assertThat(gateway.edit(plain, "a balloon").statusCode()).isEqualTo(200);
        assertThat(gateway.metrics().sum("retouch_upstream_calls_seconds_count", "upstream=third")).isEqualTo(1);
    }

    @Test
    void rulesAndModelsAreReadAgain() throws IOException {
        assertThat(gateway.edit(key, "a banned balloon").statusCode()).isEqualTo(200);

        write("rules.yaml", "words: [banned]\n");
        assertThat(gateway.edit(key, "a banned balloon").body()).contains("moderation_blocked");
        assertThat(gateway.edit(key, "a forbidden balloon").statusCode()).isEqualTo(200);

        String shipped = gateway.get("/v1/models", key).body();
        assertThat(shipped).doesNotContain("cheap-copy");
        write("models.yaml", "cheap-copy:\n  like: dall-e-2\n");
        assertThat(gateway.get("/v1/models", key).body()).contains("cheap-copy");
    }

    @Test
    void invalidFileChangesNothingAndIsReportedOnce() throws IOException {
        replace("upstreams.yaml", "first:\n  url: http://127.0.0.1:1/v1\n  wieght: 2\n");
        Eventually.so("the mistake is shown", () -> gateway.metrics().sum("retouch_config_valid") == 0);
        assertThat(reloads("invalid")).isEqualTo(1);
        assertThat(gateway.edit(key, "a balloon").statusCode()).isEqualTo(200);
        assertThat(gateway.get("/readyz", "").statusCode()).isEqualTo(200);

        Files.delete(folder.resolve("upstreams.yaml"));
        Eventually.so("the missing file is reported", () -> reloads("invalid") == 2);
        assertThat(gateway.edit(key, "a balloon").statusCode()).isEqualTo(200);

        write("upstreams.yaml", upstreamsFile("second:", "  url: SECOND", "  key-env: PROVIDER_KEY"));
        assertThat(gateway.metrics().sum("retouch_config_valid")).isEqualTo(1);
        assertThat(gateway.edit(key, "a balloon").statusCode()).isEqualTo(200);
        assertThat(editsOf(gateway.second())).isEqualTo(1);
    }

    /** As SIGHUP does, with another upstream each time, and with edits meanwhile. */
    @Test
    void manyReloadsLeaveNothingOpen() throws IOException {
        String plain = gateway.keyOfGroup("plain", "");
        for (int number : new int[]{1, 0}) { // what is loaded or opened only once
            reloadOf(number);
            assertThat(gateway.edit(plain, "a balloon").statusCode()).isEqualTo(200);
        }
        int connections = gateway.openConnections();
        int threads = threads();
        long files = openFiles();
        int metrics = gateway.metrics().all().size();

        for (int number = 1; number <= RELOADS; number++) {
            reloadOf(number);
            if (number % 25 == 0) {
                assertThat(gateway.edit(plain, "a balloon").statusCode()).as("edit %s", number).isEqualTo(200);
            }
        }

        assertThat(reloads("changed")).isGreaterThan(RELOADS);
        assertThat(reloads("invalid")).isZero();
        assertThat(gateway.edit(plain, "a balloon").statusCode()).isEqualTo(200);
        Eventually.so("connections are closed", () -> gateway.openConnections() == connections);
        Eventually.so("no threads are left", () -> threads() <= threads + SLACK);
        Eventually.so("no files and sockets are left", () -> openFiles() <= files + SLACK);
        assertThat(gateway.metrics().all()).as("of removed upstreams no state is shown")
                .hasSizeLessThan(metrics + SLACK);
    }

    /** Reads a file whose upstream differs from that of the last number. */
    private void reloadOf(int number) throws IOException {
        replace("upstreams.yaml", upstreamsFile(number % 2 == 0 ? "even:" : "odd:", "  url: FIRST",
                "  key-env: PROVIDER_KEY", "  priority: " + (1 + number % 50)));
        gateway.reload();
    }

    private static int threads() {
        return ManagementFactory.getThreadMXBean().getThreadCount();
    }

    private static long openFiles() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getOpenFileDescriptorCount();
    }
}
