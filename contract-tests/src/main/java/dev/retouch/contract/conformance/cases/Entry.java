package dev.retouch.contract.conformance.cases;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * A map in a file of cases, read strictly: an unknown field is an error.
 *
 * @param place its place in the file, for messages
 */
record Entry(String place, JsonNode node) {

    Entry {
        if (!node.isObject()) {
            throw new CaseException(place + " must have fields, but is " + kind(node) + ".");
        }
    }

    /** Refuses every field but these. */
    Entry knowing(String... known) {
        Set<String> unknown = new TreeSet<>();
        node.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(Set.of(known));
        if (!unknown.isEmpty()) {
            throw mistake("has no field '" + unknown.iterator().next() + "'. Known are: " + words(List.of(known)));
        }
        return this;
    }

    CaseException mistake(String what) {
        return new CaseException(place + " " + what + ".");
    }

    boolean has(String field) {
        return node.has(field);
    }

    JsonNode get(String field) {
        return node.path(field);
    }

    /** A field that must be there. */
    String text(String field) {
        return optionalText(field).orElseThrow(() -> mistake("needs the text '" + field + "'"));
    }

    Optional<String> optionalText(String field) {
        JsonNode value = get(field);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        if (!value.isValueNode() || value.isNull() || value.asText().isBlank()) {
            throw mistake("has " + kind(value) + " as '" + field + "', which must be a text");
        }
        return Optional.of(value.asText());
    }

    boolean flag(String field) {
        JsonNode value = get(field);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw mistake("has " + kind(value) + " as '" + field + "', which must be true or false");
        }
        return value.asBoolean(false);
    }

    Optional<Integer> number(String field) {
        JsonNode value = get(field);
        if (!value.isMissingNode() && !value.canConvertToInt()) {
            throw mistake("has " + kind(value) + " as '" + field + "', which must be a whole number");
        }
        return Optional.of(value).filter(JsonNode::isInt).map(JsonNode::intValue);
    }

    /** Such as {@code 90s}, {@code 50m} or {@code 2h}. */
    Duration duration(String field) {
        try {
            return Duration.parse("PT" + text(field).toUpperCase(Locale.ROOT));
        } catch (DateTimeParseException e) {
            throw mistake("has '" + text(field) + "' as '" + field + "', which must be a time such as 90s, 50m or 2h");
        }
    }

    <T extends Enum<T>> Optional<T> oneOf(String field, Class<T> type) {
        return optionalText(field).map(text -> {
            try {
                return Enum.valueOf(type, text.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                throw mistake("has '" + text + "' as '" + field + "'. Known are: "
                        + words(java.util.Arrays.stream(type.getEnumConstants())
                                .map(each -> each.name().toLowerCase(Locale.ROOT)).toList()));
            }
        });
    }

    /** A map inside, if it is there. */
    Optional<Entry> inside(String field) {
        return has(field) ? Optional.of(new Entry(place + ", '" + field + "'", get(field))) : Optional.empty();
    }

    /** The items of a list, each a map; none where the field is missing. */
    void eachOf(String field, Consumer<Entry> taker) {
        int number = 0;
        for (JsonNode item : list(field)) {
            taker.accept(new Entry(place + ", '" + field + "' " + ++number, item));
        }
    }

    JsonNode list(String field) {
        if (has(field) && !get(field).isArray()) {
            throw mistake("has " + kind(get(field)) + " as '" + field + "', which must be a list");
        }
        return get(field);
    }

    /** Its fields in their order. */
    Map<String, JsonNode> fields() {
        Map<String, JsonNode> fields = new LinkedHashMap<>();
        node.properties().forEach(field -> fields.put(field.getKey(), field.getValue()));
        return fields;
    }

    static String words(Collection<String> names) {
        return String.join(", ", names);
    }

    static String kind(JsonNode node) {
        return switch (node.getNodeType()) {
            case ARRAY -> "a list";
            case OBJECT -> "a map";
            case NULL, MISSING -> "nothing";
            case BOOLEAN, NUMBER, STRING, BINARY, POJO ->
                "'" + (node.asText().length() > 40 ? node.asText().substring(0, 40) + "…" : node.asText()) + "'";
        };
    }
}
