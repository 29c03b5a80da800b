package dev.retouch.contract.harness;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where a gateway answers, and a key that it knows.
 *
 * @param baseUrl without a slash at its end
 */
public record Endpoint(URI baseUrl, String key) {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final HttpClient HTTP = HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(TIMEOUT).build();

    /** The edit endpoint's path. */
    public static final String EDITS = "/v1/images/edits";

    /** An address below the base URL. */
    public URI at(String path) {
        return URI.create(baseUrl + path);
    }

    /** Sends a form to the edit endpoint, with the key. */
    public Reply edit(Form form) {
        return edit(form.contentType(), form.bytes());
    }

    /** Sends a JSON document to the edit endpoint, with the key. */
    public Reply edit(String json) {
        return edit("application/json", json.getBytes(java.nio.charset.StandardCharsets.UTF_8));
    }

    /** Sends any body to the edit endpoint, with the key. */
    public Reply edit(String contentType, byte[] body) {
        return send(request(EDITS).header("Content-Type", contentType).POST(BodyPublishers.ofByteArray(body)));
    }

    /** Sends a form as {@link #edit(Form)} does, and returns trailers as headers: the JDK's client drops them. */
    public Reply editWithTrailers(Form form) {
        byte[] body = form.bytes();
        try (RawConnection connection = new RawConnection(this)) {
            Reply reply = connection.send(RawConnection.head(this, "Content-Type: " + form.contentType(),
                    "Content-Length: " + body.length)).send(body).reply();
            Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
            headers.putAll(reply.headers());
            headers.putAll(connection.trailers());
            return new Reply(reply.status(), headers, reply.body());
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** Sends a body without saying its type or, if the publisher does not know it, its length. */
    public Reply editWithoutType(BodyPublisher body) {
        return send(request(EDITS).POST(body));
    }

    /** Fetches a path with the key. */
    public Reply get(String path) {
        return send(request(path).GET());
    }

    /** Fetches any address as a stranger would: without the key. */
    public static Reply fetch(URI address) {
        return send(HttpRequest.newBuilder(address).timeout(TIMEOUT).GET());
    }

    /** A request with the key. */
    public HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(at(path)).timeout(TIMEOUT).header("Authorization", "Bearer " + key);
    }

    /** Sends a request and waits for the whole answer. */
    public static Reply send(HttpRequest.Builder request) {
        try {
            return Reply.of(HTTP.send(request.build(), BodyHandlers.ofByteArray()));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "Endpoint[" + baseUrl + "]";
    }
}
