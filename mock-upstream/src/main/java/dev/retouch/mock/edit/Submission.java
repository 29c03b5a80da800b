package dev.retouch.mock.edit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.mock.error.Refusals;
import dev.retouch.mock.intake.StoredBytes;

/**
 * An edit as it was sent, whether as a form or as JSON: its images, and its other parameters by name. A form's values are all text;
 * in JSON a number must be a number.
 */
record Submission(Map<String, JsonNode> values, boolean typed, List<Upload> images, Optional<Upload> mask) {

    /** An image and the name under which it came, for the message of a refusal. */
    record Upload(String parameter, StoredBytes bytes) {}

    Submission {
        values = Map.copyOf(values);
        images = List.copyOf(images);
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(value -> {
            if (!value.isTextual()) {
                throw Refusals.wrongType(name, "a string", kind(value));
            }
            return value.textValue();
        });
    }

    Optional<String> oneOf(String name, List<String> supported) {
        Optional<String> value = text(name);
        value.filter(given -> !supported.contains(given)).ifPresent(given -> {
            throw Refusals.notAmong(name, given, supported);
        });
        return value;
    }

    OptionalInt integer(String name, int least, int most) {
        JsonNode value = values.get(name);
        if (value == null) {
            return OptionalInt.empty();
        }
        long number = number(name, value);
        if (number < least) {
            throw Refusals.tooSmall(name, least, number);
        }
        if (number > most) {
            throw Refusals.tooLarge(name, most, number);
        }
        return OptionalInt.of(Math.toIntExact(number));
    }

    private long number(String name, JsonNode value) {
        if (typed) {
            if (!value.canConvertToLong() || !value.isIntegralNumber()) {
                throw Refusals.wrongType(name, "an integer", kind(value));
            }
            return value.longValue();
        }
        try {
            return Long.parseLong(value.textValue());
        } catch (NumberFormatException _) {
            throw Refusals.wrongType(name, "an integer", "a string");
        }
    }

    boolean flag(String name) {
        JsonNode value = values.get(name);
        if (value == null) {
            return false;
        }
        if (typed ? value.isBoolean() : value.textValue().equals("true") || value.textValue().equals("false")) {
            return typed ? value.booleanValue() : value.textValue().equals("true");
        }
        throw Refusals.wrongType(name, "a boolean", kind(value));
    }

    static String kind(JsonNode value) {
        return switch (value.getNodeType()) {
            case ARRAY -> "an array";
            case OBJECT -> "an object";
            case BOOLEAN -> "a boolean";
            case NUMBER -> value.isIntegralNumber() ? "an integer" : "a decimal number";
            case NULL, MISSING -> "null";
            case BINARY, POJO, STRING -> "a string";
        };
    }
}
