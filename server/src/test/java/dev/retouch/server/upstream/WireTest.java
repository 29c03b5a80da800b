package dev.retouch.server.upstream;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.Blocker;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.fixture.Failures;
import dev.retouch.server.fixture.Pictures;
import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.image.Spool;
import dev.retouch.server.secret.Secret;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;
import dev.retouch.server.upstream.UpstreamSettings.Http;
import dev.retouch.server.upstream.UpstreamSettings.JsonEdits;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** Sends edits over real connections and checks timeouts, against servers of this test. */
@Timeout(120)
@Tag("slow")
class WireTest {

    private static final String KEY = "sk-wire-0123456789abcdef";
    private static final Duration SHORT = Duration.ofMillis(700);

    private final Spool spool;

    WireTest(@TempDir Path folder) throws IOException {
        this.spool = new Spool(folder, 1000);
    }

    private LoadedImageRequest edit(Map<String, String> parameters, boolean json, byte[]... images) {
        return Edits.loaded("req_wire", Edits.model("gpt-image-2", "gpt-image-2-usual"), "a \"rose\" 玫瑰",
                parameters,
                Arrays.stream(images).map(this::image).toList(), Optional.of(image(Pictures.transparentPng(64, 64))),
                json);
    }

    private LoadedImageRequest small() {
        return edit(Map.of("n", "1"), false, Pictures.png(64, 64));
    }

    private ImagePart image(byte[] bytes) {
        try {
            Spool.Writer writer = spool.newWriter();
            writer.write(bytes);
            return new ImagePart(writer.finish(), ImageFormat.PNG);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static OpenAiUpstream connected(Provided provided) {
        return new OpenAiUpstream(provided.settings(), new Secret(KEY), Clock.systemUTC());
    }

    private static void readWhole(Upstream upstream, UpstreamRequest edit) {
        try (UpstreamResponse answer = upstream.edit(edit)) {
            assertThat(new String(answer.body().readAllBytes(), StandardCharsets.UTF_8)).contains("b64_json");
            assertThat(answer.requestId()).hasValue("up-1");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @EnumSource(Http.class)
    void bothVersionsOfHttpAreSpoken(Http http) {
        try (RawHttpServer server = RawHttpServer.http2(RawHttpServer::edited);
                OpenAiUpstream upstream = connected(Provided.at(server.base()).withHttp(http))) {
            readWhole(upstream, small());
            readWhole(upstream, small());
            assertThat(server.seen()).extracting(RawHttpServer.Seen::protocol)
                    .containsOnly(http == Http.HTTP_2 ? "HTTP/2.0" : "HTTP/1.1");
            RawHttpServer.Seen first = server.seen().getFirst();
            assertThat(first.header("x-client-request-id")).isEqualTo("req_wire");
            assertThat(first.header("authorization")).isEqualTo("Bearer " + KEY);
            assertThat(first.header("content-length")).isEqualTo(Integer.toString(first.body().length));
            assertThat(new String(first.body(), StandardCharsets.UTF_8)).contains("gpt-image-2-usual");
        }
    }

    @Test
    void manyEditsShareAConnectionOfHttp2() throws Exception {
        try (RawHttpServer server = RawHttpServer.http2(RawHttpServer::edited);
                OpenAiUpstream upstream = connected(Provided.at(server.base()).withHttp(Http.HTTP_2));
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            LoadedImageRequest edit = edit(Map.of(), false, Pictures.png(700, 700));
            List<Future<?>> all = IntStream.range(0, 40)
                    .<Future<?>>mapToObj(_ -> threads.submit(() -> readWhole(upstream, edit))).toList();
            for (Future<?> one : all) {
                one.get();
            }
            assertThat(server.seen()).hasSize(40);
        }
    }

    @Test
    void sendsNoAuthorizationWithoutAKey() {
        try (RawHttpServer server = RawHttpServer.http1(RawHttpServer::edited);
                OpenAiUpstream upstream = new OpenAiUpstream(Provided.at(server.base()).settings(), new Secret(""),
                        Clock.systemUTC())) {
            readWhole(upstream, small());
            assertThat(server.seen().getFirst().header("authorization")).isEmpty();
        }
    }

    @Test
    void aProxyIsAskedForTheWholeAddress() {
        try (RawHttpServer proxy = RawHttpServer.http1(RawHttpServer::edited);
                OpenAiUpstream upstream = connected(Provided
                        .at(URI.create("http://upstream.invalid/v1"))
                        .withProxy(URI.create("http://127.0.0.1:" + proxy.port())))) {
            readWhole(upstream, small());
            assertThat(proxy.seen()).extracting(RawHttpServer.Seen::uri)
                    .containsExactly("http://upstream.invalid/v1/images/edits");
        }
    }

    /** The proxy refuses the tunnel before a byte of the edit, so that it certainly did not run. */
    @Test
    void aProxyThatRefusesATunnelIsUnreachable() {
        try (RawHttpServer proxy = RawHttpServer.http1((_, response, callback) -> {
            response.setStatus(502);
            callback.succeeded();
        });
                OpenAiUpstream upstream = connected(Provided.at(URI.create("https://upstream.invalid/v1"))
                        .withProxy(URI.create("http://127.0.0.1:" + proxy.port())))) {
            ApiException failure = Failures.of(() -> upstream.edit(small()));
            assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
            assertThat(failure.mayHaveRun()).isFalse();
        }
    }

    @Test
    void sendsJsonIfTheUpstreamPrefersIt() throws IOException {
        byte[] first = Pictures.png(300, 300);
        byte[] second = Pictures.png(65, 65);
        try (RawHttpServer server = RawHttpServer.http1(RawHttpServer::edited);
                OpenAiUpstream upstream = connected(Provided
                        .at(server.base()).speaking(JsonEdits.JSON, true, Map.of("gpt-image-2", "theirs")))) {
            readWhole(upstream, edit(Map.of("n", "2", "stream", "false", "user", "u\"1"), true, first, second));
            readWhole(upstream, edit(Map.of(), false, first));

            RawHttpServer.Seen seen = server.seen().getFirst();
            JsonNode document = new ObjectMapper().readTree(seen.body());
            assertThat(seen.header("content-type")).isEqualTo("application/json");
            assertThat(seen.header("content-length")).isEqualTo(Integer.toString(seen.body().length));
            assertThat(document.path("model").asText()).isEqualTo("theirs");
            assertThat(document.path("prompt").asText()).isEqualTo("a \"rose\" 玫瑰");
            assertThat(document.path("n").isInt()).isTrue();
            assertThat(document.path("stream").isBoolean()).isTrue();
            assertThat(document.path("user").asText()).isEqualTo("u\"1");
            assertThat(document.path("images")).hasSize(2);
            assertThat(bytes(document.at("/images/0/image_url"))).isEqualTo(first);
            assertThat(bytes(document.at("/images/1/image_url"))).isEqualTo(second);
            assertThat(bytes(document.at("/mask/image_url"))).isEqualTo(Pictures.transparentPng(64, 64));
            assertThat(server.seen().getLast().header("content-type")).as("what came as a form stays one")
                    .startsWith("multipart/form-data");
        }
    }

    /** A caller chooses the names of parameters that are passed on unknown. */
    @Test
    void aNameCannotEndItsHeader() {
        try (RawHttpServer server = RawHttpServer.http1(RawHttpServer::edited);
                OpenAiUpstream upstream = connected(Provided.at(server.base()))) {
            readWhole(upstream, edit(Map.of("a\"\r\nX-Evil: 1", "v"), false, Pictures.png(64, 64)));
            assertThat(new String(server.seen().getFirst().body(), StandardCharsets.ISO_8859_1))
                    .contains("name=\"a%22%0D%0AX-Evil: 1\"\r\n\r\nv\r\n").doesNotContain("\r\nX-Evil");
        }
    }

    private static byte[] bytes(JsonNode url) {
        assertThat(url.asText()).startsWith("data:image/png;base64,");
        return Base64.getDecoder().decode(url.asText().substring("data:image/png;base64,".length()));
    }

    @Test
    void doesNotRequestEventsIfUnsupported() {
        try (RawHttpServer server = RawHttpServer.http1(RawHttpServer::edited);
                OpenAiUpstream upstream = connected(Provided
                        .at(server.base()).speaking(JsonEdits.MULTIPART, false, Map.of()))) {
            readWhole(upstream, edit(Map.of("stream", "true", "partial_images", "2", "n", "1"), true,
                    Pictures.png(64, 64)));
            String body = new String(server.seen().getFirst().body(), StandardCharsets.ISO_8859_1);
            assertThat(body).contains("name=\"n\"").doesNotContain("name=\"stream\"", "partial_images");
            assertThat(server.seen().getFirst().header("content-type")).startsWith("multipart/form-data");
        }
    }

    private static RawHttpServer answering(int status, String body, Map<String, String> headers) {
        return RawHttpServer.http1((_, response, callback) -> {
            response.setStatus(status);
            response.getHeaders().put("content-type", "application/json").put("x-request-id", "up-" + KEY + "-2");
            headers.forEach(response.getHeaders()::put);
            Content.Sink.write(response, true, body, callback);
        });
    }

    private AttemptFailedException failed(int status, String body, Map<String, String> headers) {
        try (RawHttpServer server = answering(status, body, headers);
                OpenAiUpstream upstream = connected(Provided.at(server.base()))) {
            AttemptFailedException failure = catchThrowableOfType(AttemptFailedException.class,
                    () -> upstream.send(small()));
            assertThat(failure).as("a failure").isNotNull();
            return failure;
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {400, 404, 409, 413, 415, 422})
    void redactsTheGatewaysSecretsInRefusals(int status) {
        try (RawHttpServer server = answering(status, """
                {"error":{"message":"The key %s of org-abc123 cannot do size 7","type":"invalid_request_error",\
                "param":"size","code":"invalid_value"}}""".formatted(KEY), Map.of());
                OpenAiUpstream upstream = connected(Provided.at(server.base()))) {
            UpstreamRefusalException refusal = catchThrowableOfType(UpstreamRefusalException.class,
                    () -> upstream.edit(small()));
            assertThat(refusal).isNotNull();
            assertThat(refusal.message()).isEqualTo("The key [hidden] of [hidden] cannot do size 7");
            assertThat(refusal.param()).hasValue("size");
            assertThat(refusal.code()).hasValue("invalid_value");
            assertThat(refusal.headers()).containsEntry("x-upstream-request-id", "up-[hidden]-2");
        }
    }

    @ParameterizedTest
    @CsvSource({"401, x, '', OTHER_UPSTREAM, CREDENTIALS", "403, x, '', OTHER_UPSTREAM, CREDENTIALS",
            "429, insufficient_quota, '', OTHER_UPSTREAM, CREDENTIALS",
            "400, billing_hard_limit_reached, '', OTHER_UPSTREAM, CREDENTIALS", "429, x, '', ANY_UPSTREAM, LIMITED",
            "429, x, false, OTHER_UPSTREAM, LIMITED", "503, x, '', ANY_UPSTREAM, OVERLOADED",
            "503, x, false, NONE, OVERLOADED",
            "529, x, '', ANY_UPSTREAM, OVERLOADED", "500, x, '', NONE, FAILED", "500, x, true, ANY_UPSTREAM, FAILED",
            "502, x, '', NONE, FAILED", "504, x, true, NONE, TIMED_OUT", "408, x, '', NONE, TIMED_OUT",
            "418, x, '', NONE, FAILED"})
    void whereAnEditMayBeSentAgain(int status, String code, String advice, RetryScope again, AttemptOutcome outcome) {
        AttemptFailedException failure = failed(status, "{\"error\":{\"message\":\"m\",\"code\":\"" + code + "\"}}",
                advice.isEmpty() ? Map.of() : Map.of("x-should-retry", advice));
        assertThat(failure.retryScope()).isEqualTo(again);
        assertThat(failure.outcome()).isEqualTo(outcome);
        assertThat(failure.clientError().headers()).containsEntry("x-upstream-request-id", "up-[hidden]-2");
    }

    @Test
    void whenToComeAgainIsSaidInThreeWays() {
        assertThat(failed(429, "{}", Map.of("retry-after-ms", "1500", "retry-after", "9")).clientError().retryAfter())
                .hasValue(Duration.ofMillis(1500));
        assertThat(failed(503, "{}", Map.of("retry-after", "9")).clientError().retryAfter())
                .hasValue(Duration.ofSeconds(9));
        String date = DateTimeFormatter.RFC_1123_DATE_TIME
                .format(Clock.systemUTC().instant().plusSeconds(100).atOffset(ZoneOffset.UTC));
        assertThat(failed(429, "{}", Map.of("retry-after", date)).clientError().retryAfter().orElseThrow())
                .isBetween(Duration.ofSeconds(60), Duration.ofSeconds(100));
    }

    /** An upload that takes longer than the upstream may work is no silence. */
    @Test
    void firstByteTimeoutStartsAfterTheUpload() throws Exception {
        byte[] large = new byte[24 << 20];
        CountDownLatch slow = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                OpenAiUpstream upstream = connected(Provided.at(base(server)).withFirstByte(SHORT))) {
            server.setReceiveBufferSize(64 << 10);
            Future<?> served = threads.submit(() -> {
                try (Socket socket = server.accept()) {
                    InputStream in = new BufferedInputStream(socket.getInputStream());
                    in.readNBytes(1000);
                    assertThat(slow.await(3 * SHORT.toMillis(), TimeUnit.MILLISECONDS)).isFalse();
                    readForm(in, large.length);
                    answer(socket.getOutputStream());
                }
                return null;
            });
            readWhole(upstream, edit(Map.of(), false, large));
            served.get();
        }
    }

    private static URI base(ServerSocket server) {
        return URI.create("http://127.0.0.1:" + server.getLocalPort() + "/v1");
    }

    /** Reads a form of at least so many bytes to its end, which is two dashes and a line end. */
    private static void readForm(InputStream in, int least) throws IOException {
        byte[] last = new byte[4];
        int count = 0;
        for (int next = in.read(); next >= 0; next = in.read()) {
            System.arraycopy(last, 1, last, 0, 3);
            last[3] = (byte) next;
            if (++count > least && Arrays.equals(last, "--\r\n".getBytes(StandardCharsets.US_ASCII))) {
                return;
            }
        }
    }

    private static void answer(OutputStream out) throws IOException {
        String body = "{\"data\":[{\"b64_json\":\"AAAA\"}]}";
        out.write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nX-Request-Id: up-1\r\nContent-Length: "
                + body.length() + "\r\n\r\n" + body).getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @ParameterizedTest
    @EnumSource(value = Http.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void aSilentUpstreamIsNotWaitedForLonger(Http http) {
        CountDownLatch over = new CountDownLatch(1);
        try (RawHttpServer server = RawHttpServer.http2((_, _, callback) -> {
            over.await();
            callback.succeeded();
        }); OpenAiUpstream upstream = connected(Provided.at(server.base()).withHttp(http).withFirstByte(SHORT))) {
            ApiException failure = Failures.of(() -> upstream.edit(small()));
            assertThat(failure.message()).isEqualTo(ErrorMessage.UPSTREAM_TIMED_OUT);
            assertThat(failure.mayHaveRun()).isTrue();
            over.countDown();
        }
    }

    @ParameterizedTest
    @EnumSource(value = Http.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void anEditMayTakeSoLongInAll(Http http) {
        CountDownLatch over = new CountDownLatch(1);
        try (RawHttpServer server = RawHttpServer.http2((_, _, callback) -> {
            over.await();
            callback.succeeded();
        }); OpenAiUpstream upstream = connected(Provided.at(server.base()).withHttp(http).withTotal(SHORT))) {
            assertThat(Failures.of(() -> upstream.edit(small())).message()).isEqualTo(ErrorMessage.UPSTREAM_TIMED_OUT);
            over.countDown();
        }
    }

    /** Longer than silence may last between bytes: an upstream works before its answer begins. */
    @ParameterizedTest
    @EnumSource(value = Http.class, names = "AUTO", mode = EnumSource.Mode.EXCLUDE)
    void idleTimeoutAppliesWithinAResponse(Http http) throws Exception {
        CountDownLatch over = new CountDownLatch(1);
        try (RawHttpServer server = RawHttpServer.http2((_, response, callback) -> {
            over.await(3 * SHORT.toMillis(), TimeUnit.MILLISECONDS);
            response.getHeaders().put("content-type", "text/event-stream");
            try (Blocker.Callback written = Blocker.callback()) {
                Content.Sink.write(response, false, "event: x\n\n", written);
                written.block();
            }
            over.await();
            callback.succeeded();
        }); OpenAiUpstream upstream = connected(Provided.at(server.base()).withHttp(http).withIdle(SHORT))) {
            try (UpstreamResponse answer = upstream.edit(small())) {
                assertThat(answer.streamed()).isTrue();
                assertThatThrownBy(() -> answer.body().readAllBytes()).isInstanceOf(IOException.class);
            }
            over.countDown();
        }
    }

    /** An interrupt wakes the waiting thread, and the upstream sees the request canceled. */
    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void anInterruptEndsTheRequest(boolean whileReading) throws Exception {
        CountDownLatch asked = new CountDownLatch(1);
        CountDownLatch gone = new CountDownLatch(1);
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
                OpenAiUpstream upstream = connected(Provided.at(base(server)))) {
            Future<?> served = threads.submit(() -> {
                try (Socket socket = server.accept()) {
                    InputStream in = socket.getInputStream();
                    in.readNBytes(500);
                    if (whileReading) {
                        socket.getOutputStream().write(("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
                                + "Content-Length: 100\r\n\r\n{").getBytes(StandardCharsets.US_ASCII));
                        socket.getOutputStream().flush();
                    }
                    if (!whileReading) {
                        asked.countDown();
                    }
                    in.transferTo(OutputStream.nullOutputStream());
                } catch (IOException e) {
                    return e; // a reset is an end as good as any
                } finally {
                    gone.countDown();
                }
                return "read to its end";
            });
            Thread[] waiting = new Thread[1];
            Future<Boolean> stayed = threads.submit(() -> {
                waiting[0] = Thread.currentThread();
                if (whileReading) {
                    try (UpstreamResponse answer = upstream.edit(small())) {
                        assertThat(answer.body().read()).isEqualTo('{');
                        asked.countDown();
                        assertThatThrownBy(() -> answer.body().readAllBytes()).isInstanceOf(IOException.class);
                        return Thread.currentThread().isInterrupted();
                    }
                }
                assertThatThrownBy(() -> upstream.edit(small())).isInstanceOf(UpstreamInterruptedException.class);
                return Thread.currentThread().isInterrupted();
            });
            asked.await();
            waiting[0].interrupt();
            assertThat(stayed.get()).isTrue();
            assertThat(gone.await(20, TimeUnit.SECONDS)).as("the upstream is told").isTrue();
            assertThat(served.get()).isNotNull();
        }
    }
}
