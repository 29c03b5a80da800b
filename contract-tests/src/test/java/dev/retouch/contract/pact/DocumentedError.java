package dev.retouch.contract.pact;

import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import au.com.dius.pact.consumer.dsl.HttpResponseBuilder;
import au.com.dius.pact.consumer.dsl.LambdaDsl;
import au.com.dius.pact.consumer.dsl.LambdaDslObject;
import au.com.dius.pact.consumer.dsl.Matchers;
import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.contract.harness.Contract;

/**
 * An error of the document, as an answer in a pact.
 *
 * @param code what the document calls it
 * @param param the parameter that it is about
 * @param message a message that it can have
 * @param pattern what every message like it matches: the document's own sentence, with anything where it has braces
 * @param status the document's
 * @param type the document's
 * @param retry whether the document says to send the request again
 */
record DocumentedError(String code, Optional<String> param, String message, String pattern, int status, String type,
        boolean retry) {

    static final String REQUEST_ID = "req_0123456789abcdef";
    static final int RETRY_AFTER = 3;

    /** One of the document's; fails if that has no such sentence for the code. */
    static DocumentedError of(Contract contract, String code, Optional<String> param, String message) {
        JsonNode documented = contract.error(code);
        return new DocumentedError(code, param, message, pattern(contract, code, message),
                documented.path("status").asInt(), documented.path("type").asText(),
                documented.path("retry").asBoolean());
    }

    private static String pattern(Contract contract, String code, String message) {
        JsonNode schema = contract.tree().at("/components/schemas/ErrorMessage");
        for (int i = 0; i < schema.path("enum").size(); i++) {
            String name = schema.path("x-enum-varnames").path(i).asText();
            String pattern = pattern(schema.path("enum").path(i).asText());
            if (schema.path("x-messages").path(name).path("code").asText().equals(code)
                    && Pattern.matches(pattern, message)) {
                return pattern;
            }
        }
        throw new AssertionError("the document has no message for " + code + " that reads '" + message + "'");
    }

    /** Without what only Java's patterns know: others read the pact too. */
    private static String pattern(String sentence) {
        return Stream.of(sentence.split("\\{[a-z]+\\}", -1))
                .map(literal -> literal.replaceAll("[\\\\.\\[\\](){}?*+^$|]", "\\\\$0"))
                .collect(Collectors.joining(".+"));
    }

    UnaryOperator<HttpResponseBuilder> answer() {
        return answer -> {
            answer.status(status).header("x-should-retry", Boolean.toString(retry)).header("x-request-id",
                    Matchers.regexp("req_[0-9A-Za-z_-]+", REQUEST_ID));
            if (retry) {
                answer.header("retry-after", Matchers.regexp("[1-9][0-9]*", Integer.toString(RETRY_AFTER)));
            }
            return answer.body(LambdaDsl.newJsonBody(envelope -> envelope.object("error", this::inside)).build());
        };
    }

    private void inside(LambdaDslObject error) {
        error.stringMatcher("message", pattern, message).stringValue("type", type).stringValue("code", code);
        param.ifPresentOrElse(name -> error.stringValue("param", name), () -> error.nullValue("param"));
    }
}
