package dev.retouch.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

import jakarta.ws.rs.ProcessingException;
import jakarta.ws.rs.core.Response;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.jspecify.annotations.Nullable;

import dev.retouch.client.RetouchException.Failure;
import dev.retouch.client.invoker.ApiException;
import dev.retouch.client.model.ErrorCode;

/** The one place where answers and broken connections become exceptions. */
final class Failures {

    private static final int LARGEST_ERROR = 64 * 1024;
    private static final int LONGEST_QUOTE = 200;

    /** The codes after which the contract says to send the same request again; a test compares. */
    private static final Set<ErrorCode> WORTH_RETRYING = Set.of(ErrorCode.REQUEST_TIMEOUT,
            ErrorCode.RATE_LIMIT_EXCEEDED, ErrorCode.CONCURRENCY_LIMIT_EXCEEDED, ErrorCode.QUEUE_FULL,
            ErrorCode.UPSTREAM_UNAVAILABLE, ErrorCode.UPSTREAM_OVERLOADED, ErrorCode.SERVER_OVERLOADED,
            ErrorCode.SERVER_STOPPING, ErrorCode.MODERATION_UNAVAILABLE, ErrorCode.STORAGE_UNAVAILABLE,
            ErrorCode.IDEMPOTENCY_KEY_IN_USE);
    /** For answers without a known code, from whatever stands before the gateway: those where nothing was begun. */
    private static final Set<Integer> STATUSES_WORTH_RETRYING = Set.of(408, 429, 503);

    private final ObjectMapper json;

    Failures(ObjectMapper json) {
        this.json = json;
    }

    /** An answer that is no success. Reads its body. */
    RetouchException of(Response answer) {
        return of(answer.getStatus(), answer::getHeaderString, beginningOf(answer));
    }

    /** The same, of a generated method. */
    RetouchException of(ApiException refused) {
        Map<String, List<String>> headers = refused.getResponseHeaders() == null
                ? Map.of()
                : refused.getResponseHeaders();
        String body = refused.getResponseBody();
        return of(refused.getCode(), name -> first(headers, name), body == null ? "" : body);
    }

    /** An error in the middle of a stream. */
    RetouchException inStream(int status, @Nullable String requestId, String data) {
        return of(status, name -> name.equals("x-request-id") ? requestId : null, data);
    }

    /** No answer. Only where no connection was made is it certain that no edit was begun. */
    RetouchException of(ProcessingException broken) {
        Throwable cause = broken.getCause() == null ? broken : broken.getCause();
        boolean neverConnected = cause instanceof ConnectException || cause instanceof UnknownHostException
                || cause instanceof NoRouteToHostException || cause instanceof ConnectTimeoutException;
        String message = neverConnected
                ? "The gateway could not be reached: " + cause.getMessage()
                : "The gateway did not answer, and the edit may have run: " + cause.getMessage();
        return new RetouchException(message, Failure.withoutAnswer(neverConnected), broken);
    }

    /** An answer that stops or makes no sense. */
    RetouchException unusable(String message, int status, @Nullable String requestId, @Nullable Throwable cause) {
        return new RetouchException(message, new Failure(status, null, null, null, requestId, false, null), cause);
    }

    private RetouchException of(int status, Headers headers, String body) {
        JsonNode error = errorOf(body);
        String message = text(error, "message");
        String code = text(error, "code");
        return new RetouchException(message == null ? withoutEnvelope(status, body) : message,
                new Failure(status, text(error, "type"), text(error, "param"), code, headers.get("x-request-id"),
                        shouldRetry(status, code, headers.get("x-should-retry")), retryAfter(headers)),
                null);
    }

    /** The envelope's inside, or the error itself as some upstreams stream it, or nothing. */
    private JsonNode errorOf(String body) {
        try {
            JsonNode root = json.readTree(body);
            return root.path("error").isObject() ? root.path("error") : root;
        } catch (JsonProcessingException notJson) {
            return json.createObjectNode();
        }
    }

    private static boolean shouldRetry(int status, @Nullable String code, @Nullable String said) {
        if (said != null) {
            return Boolean.parseBoolean(said);
        }
        return code == null
                ? STATUSES_WORTH_RETRYING.contains(status)
                : RetouchException.documented(code).map(WORTH_RETRYING::contains)
                        .orElseGet(() -> STATUSES_WORTH_RETRYING.contains(status));
    }

    private static @Nullable Duration retryAfter(Headers headers) {
        String milliseconds = headers.get("retry-after-ms");
        String seconds = headers.get("retry-after");
        try {
            if (milliseconds != null) {
                return Duration.ofMillis(Long.parseLong(milliseconds));
            }
            return seconds == null ? null : Duration.ofSeconds(Long.parseLong(seconds));
        } catch (NumberFormatException aDate) {
            return null;
        }
    }

    private static @Nullable String text(JsonNode error, String field) {
        JsonNode value = error.path(field);
        return value.isValueNode() && !value.isNull() ? value.asText() : null;
    }

    private static String withoutEnvelope(int status, String body) {
        String beginning = body.strip();
        if (beginning.isEmpty()) {
            return "HTTP status " + status + " with an empty answer";
        }
        return "HTTP status " + status + ": "
                + (beginning.length() <= LONGEST_QUOTE ? beginning : beginning.substring(0, LONGEST_QUOTE) + "…");
    }

    private static String beginningOf(Response answer) {
        if (!answer.hasEntity()) {
            return "";
        }
        try (InputStream body = answer.readEntity(InputStream.class)) {
            return new String(body.readNBytes(LARGEST_ERROR), StandardCharsets.UTF_8);
        } catch (IOException | ProcessingException cut) {
            return "";
        }
    }

    private static @Nullable String first(Map<String, List<String>> headers, String name) {
        return headers.entrySet().stream().filter(header -> header.getKey().equalsIgnoreCase(name))
                .flatMap(header -> header.getValue().stream()).findFirst().orElse(null);
    }

    private interface Headers {
        @Nullable
        String get(String name);
    }
}
