package dev.retouch.contract.pact;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;

/**
 * The parts of a Pact broker that a verification uses, written from its documentation. It has links from the index to
 * the pacts of a provider, from a pact to its results, and to the provider's branches. It records the requests and
 * stores nothing else.
 */
final class FakeBroker implements AutoCloseable {

    /** The only token that it takes. */
    static final String TOKEN = "token-of-the-broker";

    private static final String PACTS = "/pacts/provider/" + ConsumerPact.GATEWAY + "/for-verification";
    private static final String PACT = "/pacts/one";
    private static final String RESULTS = "/pacts/one/results";
    private static final String PROVIDER = "/pacticipants/" + ConsumerPact.GATEWAY;

    /** What it was asked. */
    record Asked(String method, String path, String key, JsonNode body) {}

    private final JsonMapper json = JsonMapper.builder().build();
    private final List<Asked> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;
    private final ObjectNode pact;

    /** One that has this pact. */
    FakeBroker(ObjectNode pact) {
        this.pact = pact;
        try {
            server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        server.createContext("/", this::answer);
        server.start();
    }

    String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** The requests for pacts. */
    List<Asked> questions() {
        return asked.stream().filter(each -> each.path().equals(PACTS)).toList();
    }

    /** The results that were published. */
    List<Asked> results() {
        return asked.stream().filter(each -> each.path().equals(RESULTS)).toList();
    }

    /** The paths of the branches that were published. */
    List<String> branches() {
        return asked.stream().filter(each -> each.path().startsWith(PROVIDER + "/branches")).map(Asked::path).toList();
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            String key = String.valueOf(exchange.getRequestHeaders().getFirst("Authorization"));
            String path = exchange.getRequestURI().getPath();
            byte[] body = exchange.getRequestBody().readAllBytes();
            asked.add(new Asked(exchange.getRequestMethod(), path, key, json.readTree(body)));
            boolean welcome = key.equals("Bearer " + TOKEN);
            ObjectNode page = welcome ? page(path) : json.createObjectNode().put("error", "Unauthorized");
            byte[] answer = json.writeValueAsString(page).getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", "application/hal+json");
            exchange.sendResponseHeaders(!welcome ? 401 : path.equals(RESULTS) ? 201 : 200, answer.length);
            exchange.getResponseBody().write(answer);
        }
    }

    private ObjectNode page(String path) {
        ObjectNode page = json.createObjectNode();
        switch (path) {
            case PACTS -> {
                ObjectNode found = page.putObject("_embedded").putArray("pacts").addObject();
                found.putObject("verificationProperties").put("pending", false).putArray("notices");
                link(found, "self", PACT).put("name", "the newest pact of the main branch");
            }
            case PACT -> {
                page = pact.deepCopy();
                link(page, "pb:publish-verification-results", RESULTS);
                link(page, "pb:provider", PROVIDER);
            }
            case PROVIDER -> link(page, "pb:branch-version", PROVIDER + "/branches/{branch}/versions/{version}")
                    .put("templated", true);
            default -> link(page, "pb:provider-pacts-for-verification",
                    "/pacts/provider/{provider}/for-verification").put("templated", true);
        }
        return page;
    }

    private ObjectNode link(ObjectNode page, String name, String path) {
        return page.withObject("/_links").putObject(name).put("href", url() + path);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
