package dev.retouch.server.cli;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.retouch.server.secret.Secret;

/** Sends administrative requests to a running gateway. */
final class AdminClient {

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final int UNAUTHORIZED = 401;
    private static final int NOT_FOUND = 404;
    private static final int OK = 200;

    private final String base;
    private final String token;
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * Addresses this gateway.
     *
     * @param gateway base URL, with or without a slash at its end
     * @param option the option that needs the token, for the error
     * @throws CommandException if there is no admin token
     */
    AdminClient(URI gateway, Secret token, String option) {
        this.base = gateway.toString().replaceFirst("/+$", "");
        this.token = token.value().orElseThrow(() -> new CommandException(
                option + " needs the admin token of the running gateway: set RETOUCH_ADMIN_TOKEN"));
    }

    /** Returns the document at a path below {@code /admin/v1/}. */
    JsonNode get(String path) {
        return send(path, HttpRequest.newBuilder().timeout(CONNECT_TIMEOUT));
    }

    /** Returns the document at a path below {@code /admin/v1/}; empty if the gateway has no such path, as an older version. */
    Optional<JsonNode> find(String path) {
        HttpResponse<String> response = exchange(path, HttpRequest.newBuilder().timeout(CONNECT_TIMEOUT));
        return response.statusCode() == NOT_FOUND ? Optional.empty() : Optional.of(document(response));
    }

    /**
     * Posts a document to a path below {@code /admin/v1/}, and returns the response.
     *
     * @param longest the longest time until the response
     */
    JsonNode post(String path, JsonNode document, Duration longest) {
        return send(path, HttpRequest.newBuilder().timeout(longest).header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(document.toString(), StandardCharsets.UTF_8)));
    }

    private JsonNode send(String path, HttpRequest.Builder request) {
        return document(exchange(path, request));
    }

    private HttpResponse<String> exchange(String path, HttpRequest.Builder request) {
        try (HttpClient client = HttpClient.newBuilder().connectTimeout(CONNECT_TIMEOUT).build()) {
            return client.send(request.uri(URI.create(base + "/admin/v1/" + path))
                    .header("Authorization", "Bearer " + token).build(), BodyHandlers.ofString());
        } catch (IOException | IllegalArgumentException e) {
            throw noResponse(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new CommandException("interrupted");
        }
    }

    private JsonNode document(HttpResponse<String> response) {
        if (response.statusCode() == UNAUTHORIZED) {
            throw new CommandException("the gateway at " + base + " refuses the admin token");
        }
        if (response.statusCode() != OK) {
            throw new CommandException("the gateway at " + base + " responds with status "
                    + response.statusCode() + said(response.body()));
        }
        try {
            return mapper.readTree(response.body());
        } catch (IOException e) {
            throw noResponse(e);
        }
    }

    private CommandException noResponse(Exception e) {
        return new CommandException("the gateway at " + base + " does not respond: "
                + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()));
    }

    /** The message of an error response, to follow its status. */
    private String said(String body) {
        try {
            String message = mapper.readTree(body).at("/error/message").asText("");
            return message.isEmpty() ? "" : ": " + message;
        } catch (IOException e) {
            return "";
        }
    }
}
