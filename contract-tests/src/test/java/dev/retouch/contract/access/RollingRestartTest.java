package dev.retouch.contract.access;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.LoadBalancer;
import dev.retouch.contract.harness.Postgres;
import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * Three gateways behind a load balancer are restarted one after the other while clients edit. Clients open a connection for each request,
 * because a TCP load balancer cannot move one that is open.
 */
@Tag("slow")
class RollingRestartTest {

    private static final int INSTANCES = 3;
    private static final int CLIENTS = 4;
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    @TempDir
    private Path folder = Path.of(".");

    private final ObjectMapper mapper = new ObjectMapper();
    private final ConcurrentLinkedQueue<String> failures = new ConcurrentLinkedQueue<>();
    private final Map<String, String> answers = new ConcurrentHashMap<>();
    private final ConcurrentLinkedQueue<String> tasks = new ConcurrentLinkedQueue<>();
    private final AtomicInteger number = new AtomicInteger();
    private final AtomicInteger edits = new AtomicInteger();
    private volatile boolean loading = true;

    RollingRestartTest() {
        Gateways.ownOnly();
    }

    @Test
    void noEditFailsAndNoAnswerIsLost() throws InterruptedException {
        try (Postgres postgres = Postgres.start();
                MockUpstream upstream = MockUpstream.start(MockOptions.defaults().withJournalEntries(100_000));
                LoadBalancer balancer = LoadBalancer.start()) {
            upstream.scenarios().always(Scenario.delay(Duration.ofMillis(300)));
            String database = postgres.newDatabase();
            List<LaunchedProcess> gateways = new ArrayList<>();
            try {
                for (int i = 0; i < INSTANCES; i++) {
                    gateways.add(launch(database, upstream));
                }
                for (int i = 0; i < INSTANCES; i++) {
                    balancer.put("gateway-" + i, address(gateways.get(i)));
                }
                awaitReady(balancer);
                Admin admin = new Admin(balancer.address(), Admin.TOKEN);
                String key = admin.group("team", "").issue("team", "").path("secret").asText();
                try (ExecutorService clients = Executors.newVirtualThreadPerTaskExecutor()) {
                    for (int i = 0; i < CLIENTS; i++) {
                        clients.execute(() -> edit(balancer.address(), key));
                    }
                    try {
                        for (int i = 0; i < INSTANCES; i++) {
                            gateways.get(i).terminate();
                            assertThat(gateways.get(i).err()).doesNotContain("ERROR");
                            gateways.set(i, launch(database, upstream));
                            balancer.put("gateway-" + i, address(gateways.get(i)));
                            awaitReady(balancer);
                            int before = edits.get();
                            Awaitility.await().atMost(TIMEOUT).until(() -> edits.get() > before + CLIENTS);
                        }
                    } finally {
                        loading = false;
                    }
                }
                gateways.forEach(gateway -> assertThat(gateway.err()).doesNotContain("ERROR"));
                assertThat(failures).isEmpty();
                assertThat(edits.get()).isGreaterThan(INSTANCES * CLIENTS);
                assertAnswersAreKept(balancer.address(), key);
                assertTasksEnd(balancer.address(), key);
                try (LedgerProbe books = LedgerProbe.shared(database)) {
                    Awaitility.await().atMost(TIMEOUT)
                            .until(() -> books.edits("state IN ('held', 'undecided')") == 0);
                    books.assertSound();
                }
            } finally {
                loading = false;
                gateways.forEach(LaunchedProcess::close);
            }
        }
    }

    private LaunchedProcess launch(String database, MockUpstream upstream) {
        Map<String, String> environment = new HashMap<>(Map.of("RETOUCH_PORT", "0", "RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
                "RETOUCH_DATABASE_URL", database, "RETOUCH_DATA_DIR", folder.resolve("data").toString(),
                "RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString(), "RETOUCH_UPSTREAM_KEY", "sk-of-the-upstream",
                "RETOUCH_SHUTDOWN_DELAY", "1s", "RETOUCH_SHUTDOWN_GRACE", "20s", "RETOUCH_JAVA_OPTS",
                "-XX:TieredStopAtLevel=1"));
        return LaunchedProcess.retouch(folder, environment, "serve");
    }

    private static URI address(LaunchedProcess gateway) {
        return URI.create(gateway.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1));
    }

    private static void awaitReady(LoadBalancer balancer) {
        Awaitility.await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(20)).until(() -> {
            for (int i = 0; i < INSTANCES; i++) {
                if (!balancer.isReady("gateway-" + i)) {
                    return false;
                }
            }
            return true;
        });
    }

    /** Edits until the restarts are over: by a key each second time, as a task each fourth time. */
    private void edit(URI gateway, String key) {
        while (loading) {
            int turn = number.getAndIncrement();
            String name = "edit-" + turn;
            try {
                if (turn % 4 == 3) {
                    HttpResponse<String> submitted = send(gateway, key, "a task", "Prefer", "respond-async");
                    expect(name, submitted, 202);
                    tasks.add(mapper.readTree(submitted.body()).path("id").asText());
                } else if (turn % 2 == 0) {
                    HttpResponse<String> answer = send(gateway, key, name, "Idempotency-Key", name);
                    expect(name, answer, 200);
                    answers.put(name, images(answer));
                } else {
                    expect(name, send(gateway, key, "a red balloon", "X-Request-Id", name), 200);
                }
                edits.incrementAndGet();
            } catch (IOException e) {
                failures.add(name + ": " + e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void expect(String name, HttpResponse<String> response, int status) {
        if (response.statusCode() != status) {
            failures.add(name + ": " + response.statusCode() + " " + response.body());
        }
    }

    /** The names of the hosted images, without their signatures. */
    private String images(HttpResponse<String> response) throws IOException {
        StringBuilder names = new StringBuilder();
        mapper.readTree(response.body()).path("data")
                .forEach(image -> names.append(image.path("url").asText().replaceAll(".*/files/|\\?.*", "")));
        return names.toString();
    }

    private static HttpResponse<String> send(URI gateway, String key, String prompt, String... header)
            throws IOException, InterruptedException {
        Form form = CheapEdit.form(prompt).text("response_format", "url");
        try (HttpClient client = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build()) {
            return client.send(HttpRequest.newBuilder(gateway.resolve("/v1/images/edits"))
                    .header("Authorization", "Bearer " + key).header("Content-Type", form.contentType())
                    .headers(header).timeout(TIMEOUT).POST(BodyPublishers.ofByteArray(form.bytes())).build(),
                    BodyHandlers.ofString());
        }
    }

    private void assertAnswersAreKept(URI gateway, String key) throws InterruptedException {
        assertThat(answers).isNotEmpty();
        for (Map.Entry<String, String> answer : answers.entrySet()) {
            try {
                HttpResponse<String> again = send(gateway, key, answer.getKey(), "Idempotency-Key", answer.getKey());
                assertThat(again.statusCode()).as(again.body()).isEqualTo(200);
                assertThat(images(again)).as(answer.getKey()).isNotEmpty().isEqualTo(answer.getValue());
            } catch (IOException e) {
                throw new AssertionError(answer.getKey(), e);
            }
        }
    }

    private void assertTasksEnd(URI gateway, String key) {
        assertThat(tasks).isNotEmpty();
        try (HttpClient client = HttpClient.newHttpClient()) {
            for (String task : tasks) {
                Awaitility.await(task).atMost(TIMEOUT).pollInterval(Duration.ofMillis(50)).until(() -> {
                    JsonNode state = mapper.readTree(client.send(HttpRequest
                            .newBuilder(gateway.resolve("/v1/tasks/" + task))
                            .header("Authorization", "Bearer " + key).build(), BodyHandlers.ofString()).body());
                    assertThat(state.path("status").asText()).as(state.toString()).isNotIn("failed", "unknown",
                            "canceled");
                    return state.path("status").asText().equals("succeeded");
                });
            }
        }
    }
}
