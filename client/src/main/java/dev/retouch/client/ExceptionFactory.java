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

/** Creates the exceptions for error responses and failed connections. */
final class ExceptionFactory {

    private static final int LARGEST_ERROR = 64 * 1024;
    private static final int MAX_QUOTE = 200;

    /** The codes that the contract marks as safe to retry; a test compares them. */
    private static final Set<ErrorCode> WORTH_RETRYING = Set.of(ErrorCode.REQUEST_TIMEOUT,
            ErrorCode.RATE_LIMIT_EXCEEDED, ErrorCode.CONCURRENCY_LIMIT_EXCEEDED, ErrorCode.QUEUE_FULL,
            ErrorCode.STORAGE_QUOTA_EXCEEDED,
            ErrorCode.UPSTREAM_UNAVAILABLE, ErrorCode.UPSTREAM_OVERLOADED, ErrorCode.SERVER_OVERLOADED,
            ErrorCode.SERVER_STOPPING, ErrorCode.MODERATION_UNAVAILABLE, ErrorCode.STORAGE_UNAVAILABLE,
            ErrorCode.IDEMPOTENCY_KEY_IN_USE);
    /** Statuses after which no edit started, for responses of proxies, which have no known code. */
    private static final Set<Integer> STATUSES_WORTH_RETRYING = Set.of(408, 429, 503);

    private final ObjectMapper json;

    ExceptionFactory(ObjectMapper json) {
        this.json = json;
    }

    /** Returns the exception for an error response, and reads its body. */
    RetouchException of(Response answer) {
        return of(answer.getStatus(), answer::getHeaderString, beginningOf(answer));
    }

    /** Returns the exception for an error response that a generated method received. */
    RetouchException of(ApiException refused) {
        Map<String, List<String>> headers = refused.getResponseHeaders() == null
                ? Map.of()
                : refused.getResponseHeaders();
        String body = refused.getResponseBody();
        return of(refused.getCode(), name -> first(headers, name), body == null ? "" : body);
    }

    /** Returns the exception for an {@code error} event. */
    RetouchException inStream(int status, @Nullable String requestId, String data) {
        return of(status, name -> name.equals("x-request-id") ? requestId : null, data);
    }

    /** Returns the exception for a missing response. Only if no connection was made it is certain that no edit started. */
    RetouchException of(ProcessingException broken) {
        Throwable cause = broken.getCause() == null ? broken : broken.getCause();
        boolean neverConnected = cause instanceof ConnectException || cause instanceof UnknownHostException
                || cause instanceof NoRouteToHostException || cause instanceof ConnectTimeoutException;
        String message = neverConnected
                ? "The gateway could not be reached: " + cause.getMessage()
                : "The gateway did not respond, and the edit may have run: " + cause.getMessage();
        return new RetouchException(message, Failure.withoutAnswer(neverConnected), broken);
    }

    /** Returns the exception for an incomplete or unusable response. */
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

    /** Returns the error of an envelope, or the error without envelope that some upstreams stream, or an empty object. */
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
            return "HTTP status " + status + " with an empty body";
        }
        return "HTTP status " + status + ": "
                + (beginning.length() <= MAX_QUOTE ? beginning : beginning.substring(0, MAX_QUOTE) + "…");
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
