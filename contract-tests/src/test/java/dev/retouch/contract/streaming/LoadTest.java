package dev.retouch.contract.streaming;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

import dev.retouch.contract.harness.Endpoint;
import dev.retouch.contract.harness.Fixtures;
import dev.retouch.contract.harness.Form;
import dev.retouch.contract.harness.Gateways;
import dev.retouch.contract.harness.LaunchedProcess;
import dev.retouch.contract.harness.StubUpstream;
import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;

import static org.assertj.core.api.Assertions.assertThat;

/**
 * What a gateway with a small heap gets through: many edits at once, and answers of any size. How many depends on the machine's
 * timeout, so builds try a part of it; all of it by hand:
 *
 * <pre>
 * mvn -q verify -pl contract-tests -am -Dtest=LoadTest -Dsurefire.failIfNoSpecifiedTests=false -Dretouch.load.edits=1000
 * </pre>
 */
class LoadTest {

    private static final int EDITS = Integer.getInteger("retouch.load.edits", 300);
    private static final Duration THINKING = Duration.ofSeconds(5);
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final int MEGABYTE = 1 << 20;
    private static final int LARGE_ANSWER = 200;
    private static final String KEY = "sk-of-a-caller-0123456789";

    @TempDir
    private Path folder = Path.of(".");

    @BeforeAll
    static void ownOnly() {
        Gateways.ownOnly();
    }

    @Test
    void manyEditsOfAMegabyteAtOnce(TestReporter reporter) throws Exception {
        byte[] answer = answer(padded(MEGABYTE));
        CountDownLatch allAreHere = new CountDownLatch(EDITS);
        try (StubUpstream upstream = StubUpstream.start(edit -> {
            allAreHere.countDown();
            assertThat(allAreHere.await(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isTrue();
            Thread.sleep(THINKING);
            edit.document(answer);
        }); LaunchedProcess gateway = launch(upstream.baseUrl(), "512m")) {
            Form edit = Form.empty().text("prompt", "p").text("size", "1024x1024").file("image", "image.png",
                    "image/png", padded(MEGABYTE));
            long start = System.nanoTime();
            assertThat(together(address(gateway), edit, padded(MEGABYTE))).isEqualTo(EDITS);
            Duration took = Duration.ofNanos(System.nanoTime() - start);

            assertThat(upstream.peak()).isEqualTo(EDITS);
            assertThat(upstream.bytes()).isBetween((long) EDITS * MEGABYTE, (long) EDITS * (MEGABYTE + 4096));
            reporter.publishEntry(Map.of("edits at once", Integer.toString(EDITS), "took",
                    took.toMillis() + " ms, of which the upstream thinks " + THINKING.toMillis(), "peak resident",
                    memory(gateway)));
            assertHealthy(gateway, "512m");
        }
    }

    @Test
    void refusesAnswerBeyondItsBound(TestReporter reporter) throws Exception {
        try (MockUpstream upstream = MockUpstream.start();
                LaunchedProcess gateway = launch(upstream.baseUrl(), "256m")) {
            Form edit = Form.ofInput().text("size", "1024x1024");
            upstream.scenarios().next(new Scenario.LargeAnswer(LARGE_ANSWER));
            HttpResponse<InputStream> answer = client().send(request(address(gateway), edit),
                    BodyHandlers.ofInputStream());

            assertThat(answer.statusCode()).isEqualTo(502);
            assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8)).contains("upstream_failed");
            assertThat(client().send(request(address(gateway), edit), BodyHandlers.ofString()).statusCode())
                    .isEqualTo(200);
            reporter.publishEntry(Map.of("answer", LARGE_ANSWER + " MB, beyond the bound", "peak resident",
                    memory(gateway)));
            assertHealthy(gateway, "256m");
        }
    }

    @Test
    void anImageNearlyAsLargeAsTheHeap(TestReporter reporter) throws Exception {
        byte[] answer = answer(padded(150 * MEGABYTE));
        try (StubUpstream upstream = StubUpstream.start(edit -> edit.document(answer));
                LaunchedProcess gateway = launch(upstream.baseUrl(), "256m", "160MB")) {
            Form edit = Form.ofInput().text("size", "1024x1024");
            HttpResponse<InputStream> base64 = client().send(request(address(gateway), edit),
                    BodyHandlers.ofInputStream());
            assertThat(base64.statusCode()).isEqualTo(200);
            assertImage(base64.body(), padded(150 * MEGABYTE));

            Endpoint caller = new Endpoint(address(gateway), KEY);
            URI link = URI.create(caller.edit(edit.text("response_format", "url")).json().at("/data/0/url").asText());
            HttpResponse<InputStream> hosted = client().send(HttpRequest.newBuilder(link).build(),
                    BodyHandlers.ofInputStream());
            assertThat(hosted.headers().firstValueAsLong("content-length")).hasValue(150L * MEGABYTE);
            assertSame(hosted.body(), padded(150 * MEGABYTE));
            reporter.publishEntry(Map.of("image", "150 MB, as base64 and behind a link", "peak resident",
                    memory(gateway)));
            assertHealthy(gateway, "256m");
        }
    }

    private LaunchedProcess launch(URI upstream, String heap) {
        return launch(upstream, heap, "64MB");
    }

    private LaunchedProcess launch(URI upstream, String heap, String maxReturnedImage) {
        return LaunchedProcess.retouch(folder, Map.of("RETOUCH_PORT", "0", "RETOUCH_UPSTREAM_URL", upstream.toString(),
                "RETOUCH_UPSTREAM_KEY", "sk-of-the-provider", "RETOUCH_EDITS_MAX_RETURNED_IMAGE", maxReturnedImage,
                "RETOUCH_BOOTSTRAP_KEY", KEY, "RETOUCH_HTTP_MAX_PERCENT_PER_KEY", "100", "RETOUCH_JAVA_OPTS",
                "-Xmx" + heap + " -XX:+ExitOnOutOfMemoryError"), "serve");
    }

    private static URI address(LaunchedProcess gateway) {
        return URI.create(gateway.awaitOutput("Retouch is up +(http://\\S+)").group(1));
    }

    private static HttpClient client() {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    }

    private static HttpRequest request(URI gateway, Form edit) {
        return new Endpoint(gateway, KEY).request(Endpoint.EDITS).timeout(TIMEOUT)
                .header("Content-Type", edit.contentType()).POST(BodyPublishers.ofByteArray(edit.bytes())).build();
    }

    /** Returns how many clients received the whole image. */
    private static int together(URI gateway, Form edit, byte[] image) throws Exception {
        HttpRequest request = request(gateway, edit);
        int whole = 0;
        try (HttpClient client = client(); ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Boolean>> edits = new ArrayList<>();
            for (int i = 0; i < EDITS; i++) {
                edits.add(callers.submit(() -> {
                    HttpResponse<InputStream> reply = client.send(request, BodyHandlers.ofInputStream());
                    assertThat(reply.statusCode()).isEqualTo(200);
                    assertImage(reply.body(), image);
                    return true;
                }));
            }
            for (Future<Boolean> each : edits) {
                whole += each.get() ? 1 : 0;
            }
        }
        return whole;
    }

    /** Byte for byte, without holding it. */
    private static void assertSame(InputStream actual, byte[] expected) throws IOException {
        byte[] buffer = new byte[64 * 1024];
        int at = 0;
        try (actual) {
            for (int count = actual.read(buffer); count >= 0; count = actual.read(buffer)) {
                assertThat(Arrays.equals(buffer, 0, count, expected, at, at + count)).as("bytes from %s on", at)
                        .isTrue();
                at += count;
            }
        }
        assertThat(at).isEqualTo(expected.length);
    }

    /** Compares the only image of a document. */
    private static void assertImage(InputStream document, byte[] expected) throws IOException {
        int images = 0;
        try (JsonParser json = new JsonFactory().createParser(document)) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_STRING && "b64_json".equals(json.currentName())) {
                    Comparison comparison = new Comparison(expected);
                    json.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, comparison);
                    assertThat(comparison.at).isEqualTo(expected.length);
                    images++;
                }
            }
        }
        assertThat(images).isEqualTo(1);
    }

    /** Compares what is written with the expected bytes. */
    private static final class Comparison extends OutputStream {

        private final byte[] expected;
        private int at;

        Comparison(byte[] expected) {
            this.expected = expected;
        }

        @Override
        public void write(int value) {
            write(new byte[]{(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) {
            assertThat(Arrays.equals(bytes, offset, offset + length, expected, at, at + length))
                    .as("bytes from %s on", at).isTrue();
            at += length;
        }
    }

    private static void assertHealthy(LaunchedProcess gateway, String heap) throws IOException {
        assertThat(Files.readString(Path.of("/proc/" + gateway.pid() + "/cmdline"))).contains("-Xmx" + heap);
        gateway.terminate();
        assertThat(gateway.err()).doesNotContain("OutOfMemoryError", "ERROR");
    }

    private static String memory(LaunchedProcess gateway) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + gateway.pid() + "/status")).stream()
                .filter(line -> line.startsWith("VmHWM")).findFirst().orElseThrow().replaceAll("\\D+", "") + " kB";
    }

    private static byte[] answer(byte[] image) {
        return ("{\"created\":1,\"background\":\"opaque\",\"output_format\":\"png\",\"quality\":\"low\","
                + "\"size\":\"64x64\",\"usage\":{\"input_tokens\":10,\"input_tokens_details\":{\"image_tokens\":5,"
                + "\"text_tokens\":5},\"output_tokens\":10,\"total_tokens\":20},\"data\":[{\"b64_json\":\""
                + Base64.getEncoder().encodeToString(image) + "\"}]}").getBytes(StandardCharsets.US_ASCII);
    }

    /** A PNG with padding after its end. */
    private static byte[] padded(int size) {
        return Arrays.copyOf(Fixtures.image(), size);
    }
}
