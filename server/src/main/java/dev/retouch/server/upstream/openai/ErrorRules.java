package dev.retouch.server.upstream.openai;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.server.answer.Refusal;

/**
 * How the error responses of a kind differ from OpenAI's.
 *
 * @param refusals the statuses that are about the edit if the response says so in words
 * @param notServed the statuses that say that this upstream does not have the model or the path; another one may
 * @param retryHint the delay that a body asks for, if no header does
 * @param reading what the words of a refusal mean in OpenAI's terms
 */
public record ErrorRules(Set<Integer> refusals, Set<Integer> notServed,
        Function<JsonNode, Optional<Duration>> retryHint,
        UnaryOperator<Refusal> reading) {

    /** OpenAI's form. */
    public static final ErrorRules OPENAI = new ErrorRules(Set.of(400, 404, 409, 413, 415, 422), Set.of(),
            _ -> Optional.empty(), UnaryOperator.identity());

    /** Copies the sets. */
    public ErrorRules {
        refusals = Set.copyOf(refusals);
        notServed = Set.copyOf(notServed);
    }

    /** The rules of a kind whose 404 is about a model or path that the upstream does not have. */
    public static ErrorRules withoutModel(Function<JsonNode, Optional<Duration>> retryHint,
            UnaryOperator<Refusal> reading) {
        return new ErrorRules(Set.of(400, 409, 413, 415, 422), Set.of(404, 405), retryHint, reading);
    }

    /** A refusal with another code, by which its meaning is known. */
    public static Refusal withCode(Refusal refusal, String code) {
        return new Refusal(refusal.message(), refusal.type(), refusal.param(), code, refusal.status());
    }
}
