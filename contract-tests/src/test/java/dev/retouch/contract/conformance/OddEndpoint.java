package dev.retouch.contract.conformance;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.atomic.AtomicInteger;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/** An endpoint that answers every edit as a test says. It has no models, and minds no key. */
final class OddEndpoint implements AutoCloseable {

    /** What it answers. */
    @FunctionalInterface
    interface Answering {
        void answer(Asked asked) throws IOException;
    }

    /**
     * An edit that waits for its answer.
     *
     * @param number how many there were before it
     */
    record Asked(int number, HttpExchange exchange) {

        String header(String name) {
            return String.valueOf(exchange.getRequestHeaders().getFirst(name));
        }

        Headers answerHeaders() {
            return exchange.getResponseHeaders();
        }

        void answer(int status, String type, byte[] body) throws IOException {
            answerHeaders().set("Content-Type", type);
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        }

        void json(int status, String document) throws IOException {
            answer(status, "application/json", document.getBytes(StandardCharsets.UTF_8));
        }
    }

    private final HttpServer server;
    private final AtomicInteger edits = new AtomicInteger();

    OddEndpoint(Answering answering) {
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", exchange -> {
            exchange.getRequestBody().readAllBytes();
            new Asked(0, exchange).json(404, "{}");
        });
        server.createContext("/v1/images/edits", exchange -> {
            exchange.getRequestBody().readAllBytes();
            answering.answer(new Asked(edits.getAndIncrement(), exchange));
        });
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    int edits() {
        return edits.get();
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
