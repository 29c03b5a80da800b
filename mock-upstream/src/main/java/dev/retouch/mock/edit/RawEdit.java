package dev.retouch.mock.edit;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.StoredBytes;

/**
 * An edit before validation, from a form or from JSON: its images, and its other parameters by name. All values of a form are text;
 * in JSON a number must be a number.
 */
record RawEdit(Map<String, JsonNode> values, boolean typed, List<Upload> images, Optional<Upload> mask,
        Optional<Upload> markup) {

    /** An image and the name of its field, for error messages. */
    record Upload(String parameter, StoredBytes bytes) {}

    RawEdit {
        values = Map.copyOf(values);
        images = List.copyOf(images);
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(values.get(name)).map(value -> {
            if (!value.isTextual()) {
                throw ProviderErrors.wrongType(name, "a string", kind(value));
            }
            return value.textValue();
        });
    }

    Optional<String> oneOf(String name, List<String> supported) {
        Optional<String> value = text(name);
        value.filter(given -> !supported.contains(given)).ifPresent(given -> {
            throw ProviderErrors.notAmong(name, given, supported);
        });
        return value;
    }

    OptionalInt integer(String name, int min, int max) {
        JsonNode value = values.get(name);
        if (value == null) {
            return OptionalInt.empty();
        }
        long number = number(name, value);
        if (number < min) {
            throw ProviderErrors.tooSmall(name, min, number);
        }
        if (number > max) {
            throw ProviderErrors.tooLarge(name, max, number);
        }
        return OptionalInt.of(Math.toIntExact(number));
    }

    private long number(String name, JsonNode value) {
        if (typed) {
            if (!value.canConvertToLong() || !value.isIntegralNumber()) {
                throw ProviderErrors.wrongType(name, "an integer", kind(value));
            }
            return value.longValue();
        }
        try {
            return Long.parseLong(value.textValue());
        } catch (NumberFormatException _) {
            throw ProviderErrors.wrongType(name, "an integer", "a string");
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
        throw ProviderErrors.wrongType(name, "a boolean", kind(value));
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
