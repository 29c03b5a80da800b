package dev.retouch.server.error;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.server.contract.model.ErrorCode;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.contract.model.ErrorType;

/**
 * Reads all error codes and messages from {@code x-errors} and {@code x-messages} of the contract. Startup fails if a
 * code or message has no entry, or an entry has no code.
 */
public final class ErrorCatalogue {

    private static final Pattern WORD = Pattern.compile("\\{([a-z]+)}");

    private final Map<ErrorCode, ErrorRule> rules = new EnumMap<>(ErrorCode.class);
    private final Map<ErrorMessage, ErrorCode> codes = new EnumMap<>(ErrorMessage.class);
    private final Map<ErrorMessage, String> params = new EnumMap<>(ErrorMessage.class);

    /** Reads the catalogue from the schemas of the contract. */
    public ErrorCatalogue(JsonNode schemas) {
        JsonNode errors = schemas.path("ErrorCode").path("x-errors");
        for (ErrorCode code : ErrorCode.values()) {
            rules.put(code, rule(code, entry(errors, code.getValue())));
        }
        JsonNode messages = schemas.path("ErrorMessage").path("x-messages");
        for (ErrorMessage message : ErrorMessage.values()) {
            JsonNode entry = entry(messages, message.name());
            codes.put(message, ErrorCode.fromValue(entry.path("code").asText()));
            if (entry.has("param")) {
                params.put(message, entry.path("param").asText());
            }
        }
        if (errors.size() != rules.size() || messages.size() != codes.size()) {
            throw new IllegalStateException("The contract describes codes or messages that do not exist");
        }
    }

    /** Returns the rule of a failure's code. */
    public ErrorRule ruleOf(ApiException failure) {
        return ruleOf(codeOf(failure.message()));
    }

    /** Returns the rule of a code. */
    public ErrorRule ruleOf(ErrorCode code) {
        ErrorRule rule = rules.get(code);
        if (rule == null) {
            throw new IllegalStateException("No rule for " + code);
        }
        return rule;
    }

    /** Returns the parameter for the envelope. */
    public Optional<String> paramOf(ApiException failure) {
        return Optional.ofNullable(params.get(failure.message())).or(failure::param);
    }

    /** Returns the message with its arguments. */
    public String textOf(ApiException failure) {
        return WORD.matcher(failure.message().getValue()).replaceAll(word -> Matcher
                .quoteReplacement(word.group(1).equals("param")
                        ? failure.param().orElse("")
                        : failure.arguments().getOrDefault(word.group(1), word.group())));
    }

    private ErrorCode codeOf(ErrorMessage message) {
        ErrorCode code = codes.get(message);
        if (code == null) {
            throw new IllegalStateException("No code for " + message.name());
        }
        return code;
    }

    private static JsonNode entry(JsonNode entries, String name) {
        JsonNode entry = entries.get(name);
        if (entry == null) {
            throw new IllegalStateException("The contract does not describe " + name);
        }
        return entry;
    }

    private static ErrorRule rule(ErrorCode code, JsonNode entry) {
        Duration after = entry.has("retryAfterSeconds")
                ? Duration.ofSeconds(entry.get("retryAfterSeconds").asLong())
                : null;
        return new ErrorRule(code, entry.path("status").asInt(), ErrorType.fromValue(entry.path("type").asText()),
                entry.path("retry").asBoolean(), after);
    }
}
