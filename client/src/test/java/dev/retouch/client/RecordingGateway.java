package dev.retouch.client;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** A gateway on a real socket that records requests and returns scripted responses in their order. */
final class RecordingGateway implements AutoCloseable {

    static final String KEY = "rt-key-of-the-tests";

    private final HttpServer server;
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final Queue<Reply> replies = new ConcurrentLinkedQueue<>();

    RecordingGateway() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::handle);
        server.setExecutor(threads);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    RetouchClient client() {
        return RetouchClient.at(url()).withKey(KEY);
    }

    RecordingGateway replies(Reply reply) {
        replies.add(reply);
        return this;
    }

    RecordingGateway replies(int status, String contentType, String body, String... headers) {
        return replies(exchange -> {
            exchange.getResponseHeaders().set("Content-Type", contentType);
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
            }
            byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
            exchange.getResponseBody().write(bytes);
        });
    }

    RecordingGateway repliesJson(String body) {
        return replies(200, "application/json", body, "x-request-id", "req_test");
    }

    /** What was sent, once and only once. */
    Received only() {
        if (received.size() != 1) {
            throw new AssertionError("Expected one request, but there were " + received);
        }
        return received.get(0);
    }

    List<Received> received() {
        return received;
    }

    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
    }

    private void handle(HttpExchange exchange) throws IOException {
        byte[] body = exchange.getRequestBody().readAllBytes();
        received.add(new Received(exchange.getRequestMethod(), exchange.getRequestURI().toString(),
                Map.copyOf(exchange.getRequestHeaders()), new String(body, StandardCharsets.UTF_8)));
        Reply reply = replies.poll();
        if (reply == null) {
            throw new IOException("Nothing was scripted for " + exchange.getRequestURI());
        }
        reply.send(exchange); // the server drops the connection if this throws
        exchange.close();
    }

    /** A stream of events that ends as it should. */
    static Reply events(String... pieces) {
        return exchange -> write(exchange, pieces);
    }

    /** A stream of events whose connection breaks. */
    static Reply eventsCutOff(String... pieces) {
        return exchange -> {
            write(exchange, pieces);
            throw new IOException("cut off on purpose");
        };
    }

    static void write(HttpExchange exchange, String... pieces) throws IOException {
        exchange.getResponseHeaders().set("Content-Type", "text/event-stream; charset=utf-8");
        exchange.getResponseHeaders().set("x-request-id", "req_stream");
        exchange.sendResponseHeaders(200, 0);
        for (String piece : pieces) {
            exchange.getResponseBody().write(piece.getBytes(StandardCharsets.UTF_8));
            exchange.getResponseBody().flush();
        }
    }

    interface Reply {
        void send(HttpExchange exchange) throws IOException;
    }

    record Received(String method, String path, Map<String, List<String>> headers, String body) {

        String header(String name) {
            return headers.entrySet().stream().filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> String.join(",", header.getValue())).findFirst().orElse("");
        }
    }
}
