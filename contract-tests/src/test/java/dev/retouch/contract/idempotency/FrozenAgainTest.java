package dev.retouch.contract.idempotency;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Admin;
import dev.retouch.contract.harness.CheapEdit;
import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.LedgerProbe;
import dev.retouch.contract.harness.Postgres;
import dev.retouch.contract.harness.Reply;
import dev.retouch.mock.MockUpstream;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * An instance freezes between the claim of a key and the hold, until it is dead for the others, and wakes up. The pause between the two
 * is a download of an image that does not end before the test says so.
 */
@Tag("slow")
class FrozenAgainTest {

    private static final Duration PATIENCE = Duration.ofMinutes(3);

    private final Postgres postgres;
    private final MockUpstream upstream;
    private final String database;
    private final HttpServer site;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final AtomicInteger downloads = new AtomicInteger();
    private final CountDownLatch firstDownload = new CountDownLatch(1);
    private final CountDownLatch end = new CountDownLatch(1);

    @TempDir
    private Path folder = Path.of(".");

    FrozenAgainTest() throws IOException {
        Gateways.ownOnly();
        postgres = Postgres.start();
        upstream = MockUpstream.start();
        database = postgres.newDatabase();
        site = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        site.setExecutor(threads);
        site.createContext("/image", exchange -> {
            if (downloads.incrementAndGet() == 1) {
                firstDownload.countDown();
                await(end);
            }
            send(exchange, Fixtures.image());
        });
        site.createContext("/mask", exchange -> send(exchange, Fixtures.mask()));
        site.start();
    }

    @AfterEach
    void stop() {
        end.countDown();
        site.stop(0);
        threads.shutdownNow();
        upstream.close();
        postgres.close();
    }

    private static void send(HttpExchange exchange, byte[] picture) throws IOException {
        exchange.sendResponseHeaders(200, picture.length);
        exchange.getResponseBody().write(picture);
        exchange.close();
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private LaunchedProcess launch() {
        Map<String, String> environment = new HashMap<>(Map.of("RETOUCH_PORT", "0", "RETOUCH_ADMIN_TOKEN", Admin.TOKEN,
                "RETOUCH_DATABASE_URL", database, "RETOUCH_UPSTREAM_KEY", "sk-of-both", "RETOUCH_BILLING_DEAD_AFTER",
                "25s", "RETOUCH_FETCH_TIMEOUT", "10m", "RETOUCH_FETCH_UNGUARDED_HOSTS", "127.0.0.1",
                "RETOUCH_FETCH_PORTS", Integer.toString(site.getAddress().getPort()), "RETOUCH_JAVA_OPTS",
                "-XX:TieredStopAtLevel=1"));
        environment.put("RETOUCH_UPSTREAM_URL", upstream.baseUrl().toString());
        return LaunchedProcess.retouch(folder, environment, "serve");
    }

    private static URI address(LaunchedProcess gateway) {
        return URI.create(gateway.awaitOutput("Retouch is up +(http://127\\.0\\.0\\.1:\\d+)").group(1));
    }

    private Reply edit(LaunchedProcess gateway, JsonNode issued) {
        String base = "http://127.0.0.1:" + site.getAddress().getPort();
        return Endpoint.send(new Endpoint(address(gateway), issued.path("secret").asText()).request(Endpoint.EDITS)
                .header("Content-Type", "application/json").header("Idempotency-Key", "frozen")
                .POST(BodyPublishers.ofString("""
                        {"model":"dall-e-2","size":"256x256","prompt":"p","images":[{"image_url":"%s/image"}],
                        "mask":{"image_url":"%s/mask"}}""".formatted(base, base))));
    }

    private static void signal(LaunchedProcess gateway, String signal) throws IOException, InterruptedException {
        Process kill = new ProcessBuilder("sh", "-c", "kill -" + signal + " " + gateway.pid()).start();
        assertThat(kill.waitFor()).isZero();
    }

    @Test
    void keyOfInstanceThatWakesUpRunsOnce() throws Exception {
        try (LaunchedProcess frozen = launch(); LaunchedProcess other = launch()) {
            Admin admin = new Admin(address(other), Admin.TOKEN).group("frozen", "");
            JsonNode issued = admin.issue("frozen", "\"budget\":\"1\"");
            CompletableFuture<Reply> first = CompletableFuture.supplyAsync(() -> edit(frozen, issued), threads);
            await(firstDownload);
            signal(frozen, "STOP");
            Reply taken;
            try {
                assertThat(edit(other, issued).error().path("code").asText()).isEqualTo("idempotency_key_in_use");
                taken = Awaitility.await().atMost(PATIENCE).pollInterval(Duration.ofSeconds(1))
                        .until(() -> edit(other, issued), reply -> reply.status() != 409);
            } finally {
                signal(frozen, "CONT");
            }
            assertThat(taken.status()).as(taken.beginning()).isEqualTo(200);
            end.countDown();
            Reply late = first.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
            assertThat(late.status()).as(late.beginning()).isEqualTo(409);
            assertThat(late.error().path("code").asText()).isEqualTo("idempotency_key_in_use");
            assertThat(late.header("x-should-retry")).contains("true");

            assertThat(Asker.edits(upstream)).isEqualTo(1);
            JsonNode budget = admin.get("keys/" + issued.path("key").path("id").asText()).json().path("budget");
            assertThat(budget.path("spent").asText()).isEqualTo(CheapEdit.PRICE);
            assertThat(budget.path("held").asText()).isEqualTo("0");
            assertThat(edit(frozen, issued).header("idempotent-replayed")).contains("true");
        }
        try (LedgerProbe books = LedgerProbe.shared(database)) {
            books.assertSound();
        }
    }
}
