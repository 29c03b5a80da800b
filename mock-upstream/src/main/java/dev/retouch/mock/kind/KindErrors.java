package dev.retouch.mock.kind;

import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.error.ApiErrorException;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.Answer.Document;

/** Writes errors in the forms of the providers. */
final class KindErrors {

    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int UNPROCESSABLE = 422;
    private static final int LIMITED = 429;
    private static final String ERROR = "error";
    private static final String MESSAGE = "message";
    private static final String STATUS = "status";
    private static final String DETAIL = "detail";
    /** Google's names of statuses. */
    private static final Map<Integer, String> GOOGLE = Map.of(400, "INVALID_ARGUMENT", 403, "PERMISSION_DENIED", 404,
            "NOT_FOUND", 405, "INVALID_ARGUMENT", 413, "INVALID_ARGUMENT", 415, "INVALID_ARGUMENT", LIMITED,
            "RESOURCE_EXHAUSTED", 500, "INTERNAL", 503, "UNAVAILABLE", 504, "DEADLINE_EXCEEDED");

    private KindErrors() {}

    private static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }

    private static boolean isBlocked(ApiErrorException error) {
        return "moderation_blocked".equals(error.code());
    }

    static Document azure(ApiErrorException error) {
        ObjectNode document = object();
        if (isBlocked(error)) {
            document.put("created", 0).putObject(ERROR).put("code", "contentFilter").put(MESSAGE,
                    "Your task failed as a result of our safety system.");
            return Answer.json(400, Map.of(), document);
        }
        String code = switch (error.status()) {
            case 400 -> "BadRequest";
            case 404 -> "model_not_found".equals(error.code()) ? "DeploymentNotFound" : "404";
            default -> String.valueOf(error.status());
        };
        document.putObject(ERROR).put("code", code).put(MESSAGE,
                error.status() == UNAUTHORIZED
                        ? "Access denied due to invalid subscription key or wrong API endpoint."
                        : error.sentence());
        return Answer.json(error.status(), error.headers(), document);
    }

    static Document gemini(ApiErrorException error) {
        if (isBlocked(error)) {
            ObjectNode blocked = object();
            blocked.putObject("promptFeedback").put("blockReason", "SAFETY");
            return Answer.json(200, Map.of(), blocked);
        }
        boolean key = error.status() == UNAUTHORIZED;
        int status = key ? 400 : error.status();
        ObjectNode document = object();
        ObjectNode content = document.putObject(ERROR).put("code", status)
                .put(MESSAGE, key ? "API key not valid. Please pass a valid API key." : error.sentence())
                .put(STATUS, GOOGLE.getOrDefault(status, "UNKNOWN"));
        if (key) {
            content.putArray("details").addObject().put("@type", "type.googleapis.com/google.rpc.ErrorInfo")
                    .put("reason", "API_KEY_INVALID").put("domain", "googleapis.com");
        }
        // the hint is in the body, and in no header
        Optional.ofNullable(error.headers().get("retry-after")).ifPresent(seconds -> content.putArray("details")
                .addObject().put("@type", "type.googleapis.com/google.rpc.RetryInfo").put("retryDelay", seconds + "s"));
        return Answer.json(status, Map.of(), document);
    }

    static Document openRouter(ApiErrorException error) {
        int status = isBlocked(error) ? FORBIDDEN : error.status();
        ObjectNode document = object();
        ObjectNode content = document.putObject(ERROR).put("code", status);
        if (isBlocked(error)) {
            content.put(MESSAGE, "Your chosen model requires moderation and your input was flagged for \"violence\".");
            content.putObject("metadata").put("provider_name", "Mock").putArray("reasons").add("violence");
        } else {
            content.put(MESSAGE, error.sentence());
        }
        return Answer.json(status, error.headers(), document);
    }

    static Document xai(ApiErrorException error) {
        boolean key = error.status() == UNAUTHORIZED;
        int status = key ? 400 : error.status();
        String code = status < 500 ? "Client specified an invalid argument" : "Internal error";
        return Answer.json(status, error.headers(), object().put("code", code).put(ERROR,
                key ? "Incorrect API key provided." : error.sentence()));
    }

    static Document bfl(ApiErrorException error) {
        return error.status() == UNAUTHORIZED
                ? Answer.json(FORBIDDEN, Map.of(), object().put(DETAIL, "Not authenticated - Invalid Authentication"))
                : detailed(error);
    }

    static Document fal(ApiErrorException error) {
        return error.status() == UNAUTHORIZED
                ? Answer.json(UNAUTHORIZED, Map.of(),
                        object().put(DETAIL, "Authentication is required to access this application"))
                : detailed(error);
    }

    /** What is wrong with a request is a list with the place of each mistake; anything else is a sentence. */
    private static Document detailed(ApiErrorException error) {
        ObjectNode document = object();
        if (error.status() != 400) {
            return Answer.json(error.status(), error.headers(), document.put(DETAIL, error.sentence()));
        }
        ObjectNode detail = document.putArray(DETAIL).addObject().put("msg", error.sentence()).put("type",
                isBlocked(error) ? "content_policy_violation" : "value_error");
        detail.putArray("loc").add("body").add(error.param() == null ? "prompt" : error.param());
        return Answer.json(UNPROCESSABLE, Map.of(), document);
    }

    static Document replicate(ApiErrorException error) {
        int status = error.status() == 400 ? UNPROCESSABLE : error.status();
        String title = switch (status) {
            case UNAUTHORIZED -> "Unauthenticated";
            case UNPROCESSABLE -> "Input validation failed";
            case LIMITED -> "Too many requests";
            default -> "Error";
        };
        return Answer.json(status, error.headers(),
                object().put("title", title).put(DETAIL, error.sentence()).put(STATUS, status));
    }
}
