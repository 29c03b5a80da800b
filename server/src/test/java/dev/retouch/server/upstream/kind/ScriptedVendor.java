package dev.retouch.server.upstream.kind;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

import dev.retouch.server.fixture.Pictures;

/** A provider in miniature on a loopback port. What it does next can be scripted; a request that its documentation excludes fails. */
abstract class ScriptedVendor implements AutoCloseable {

    static final String KEY = "vendor-key-0123456789abcdef";
    static final ObjectMapper JSON = new ObjectMapper();
    static final String JSON_TYPE = "application/json";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Deque<Reply> script = new ArrayDeque<>();
    private UnaryOperator<Reply> change = UnaryOperator.identity();
    private final CountDownLatch closed = new CountDownLatch(1);

    ScriptedVendor() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    /** A request. */
    record Received(String method, String path, String query, Map<String, String> headers, byte[] body) {

        JsonNode json() {
            try {
                return JSON.readTree(body);
            } catch (IOException e) {
                throw new AssertionError(text(), e);
            }
        }

        String text() {
            return new String(body, StandardCharsets.UTF_8);
        }

        String header(String name) {
            return headers.getOrDefault(name, "");
        }
    }

    /** A response, of which so many bytes are sent; one that is cut ends before its last byte. */
    record Reply(int status, Map<String, String> headers, byte[] body, Duration delay, int sent) {

        static Reply json(int status, String document) {
            return whole(status, JSON_TYPE, document.getBytes(StandardCharsets.UTF_8));
        }

        static Reply whole(int status, String type, byte[] body) {
            return new Reply(status, Map.of("content-type", type), body, Duration.ZERO, body.length);
        }

        static Reply json(JsonNode document) {
            return json(200, document.toString());
        }

        Reply with(String header, String value) {
            Map<String, String> more = new LinkedHashMap<>(headers);
            more.put(header, value);
            return new Reply(status, more, body, delay, sent);
        }

        Reply after(Duration time) {
            return new Reply(status, headers, body, time, sent);
        }

        Reply cutOff() {
            return cutAfter(body.length / 2);
        }

        Reply cutAfter(int bytes) {
            return new Reply(status, headers, body, delay, bytes);
        }
    }

    /** What the provider does with a request that is not scripted. */
    abstract Reply answer(Received request);

    /** Whether a request takes the next scripted reply; others are answered as usual. */
    boolean isScripted(Received request) {
        return request.method().equals("POST");
    }

    /** The next request is answered so. */
    synchronized void next(Reply reply) {
        script.add(reply);
    }

    /** What happens to the usual answer of each request from now on. */
    synchronized void change(UnaryOperator<Reply> changing) {
        this.change = changing;
    }

    private Reply scripted(Received request) {
        Reply next;
        UnaryOperator<Reply> changing;
        synchronized (this) {
            next = isScripted(request) ? script.poll() : null;
            changing = change;
        }
        return next == null ? changing.apply(answer(request)) : next;
    }

    URI base() {
        return URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    }

    List<Received> received() {
        return received;
    }

    List<Received> posted() {
        return received.stream().filter(request -> request.method().equals("POST")).toList();
    }

    static Reply refusedRequest(String why) {
        return Reply.json(418, "{\"unexpected\":\"" + why.replace("\"", "'") + "\"}");
    }

    static byte[] picture(int width, int height) {
        return Pictures.png(width, height);
    }

    static String base64(byte[] bytes) {
        return Base64.getEncoder().encodeToString(bytes);
    }

    private void handle(HttpExchange exchange) throws IOException {
        try (exchange) {
            Map<String, String> headers = new LinkedHashMap<>();
            exchange.getRequestHeaders()
                    .forEach((name, values) -> headers.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
            String query = exchange.getRequestURI().getRawQuery();
            Received request = new Received(exchange.getRequestMethod(), exchange.getRequestURI().getRawPath(),
                    query == null ? "" : query, headers, exchange.getRequestBody().readAllBytes());
            received.add(request);
            Reply reply = scripted(request);
            if (!reply.delay().isZero() && closed.await(reply.delay().toMillis(), TimeUnit.MILLISECONDS)) {
                return;
            }
            Headers sent = exchange.getResponseHeaders();
            reply.headers().forEach(sent::set);
            exchange.sendResponseHeaders(reply.status(), reply.body().length == 0 ? -1 : reply.body().length);
            exchange.getResponseBody().write(reply.body(), 0, reply.sent());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        server.stop(0);
        threads.shutdownNow();
    }
}
