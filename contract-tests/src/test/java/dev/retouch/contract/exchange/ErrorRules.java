package dev.retouch.contract.exchange;

import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Checks errors against the document: the code is documented, belongs to the status and the type, and the message is
 * one of the code's messages. The text of an upstream's refusal is not checked.
 */
final class ErrorRules {

    /** What is no request of HTTP comes with the status that HTTP has for it. */
    private static final Set<Integer> OF_HTTP = Set.of(400, 411, 414, 417, 426, 431, 501, 505);
    private static final int BAD_REQUEST = 400;
    static final String NO_REQUEST = "malformed_request";
    private static final String UPSTREAMS_OWN = "x-upstream-request-id";

    private final Messages messages;

    ErrorRules(Document document) {
        messages = new Messages(document);
    }

    /** Whether an answer with this status may come whatever was asked. */
    static boolean isOfHttp(int status, JsonNode error) {
        return error.path("code").asText().equals(NO_REQUEST) && OF_HTTP.contains(status);
    }

    /**
     * Whether the error may be an upstream's refusal. The gateway passes on refusals of a request; other upstream
     * failures it reports itself.
     */
    static boolean isPassedOn(Exchange exchange) {
        return exchange.header(UPSTREAMS_OWN).isPresent() && exchange.status() <= BAD_REQUEST;
    }

    /** The name of its message, where it has one of the catalogue. */
    Optional<String> messageOf(JsonNode error) {
        return messages.nameOf(error);
    }

    /** Checks an error, and reports the violated rule and the value found. */
    void check(JsonNode error, boolean passedOn, BiConsumer<String, String> wrong) {
        String code = error.path("code").asText();
        Optional<JsonNode> known = messages.code(code);
        if (known.isEmpty()) {
            if (!passedOn) {
                wrong.accept("the error's code is documented", error.path("code").toString());
            }
            return;
        }
        if (!known.get().path("type").asText().equals(error.path("type").asText()) && !passedOn) {
            wrong.accept("'" + code + "' is of the type " + known.get().path("type").asText(),
                    error.path("type").toString());
        }
        if (messages.nameOf(error).isEmpty() && !passedOn) {
            wrong.accept("'" + code + "' has one of its documented messages",
                    error.path("message") + ", param " + error.path("param"));
        }
    }

    /** Checks that the status and the retry headers belong to the code. */
    void checkEnvelope(Exchange exchange, JsonNode error, BiConsumer<String, String> wrong) {
        String code = error.path("code").asText();
        messages.code(code).filter(_ -> !isPassedOn(exchange)).ifPresent(known -> {
            if (known.path("status").asInt() != exchange.status() && !isOfHttp(exchange.status(), error)) {
                wrong.accept("'" + code + "' has the status " + known.path("status").asInt(),
                        Integer.toString(exchange.status()));
            }
            String retry = known.path("retry").asText();
            if (!exchange.header("x-should-retry").orElse("").equals(retry)) {
                wrong.accept("'" + code + "' has x-should-retry: " + retry,
                        exchange.header("x-should-retry").orElse("no such header"));
            }
        });
    }
}
