package dev.retouch.server.log;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

/**
 * The fields of a log line, in order. As an argument of the line they are {@code name=value} pairs in text, and members of the object in
 * JSON.
 */
public final class LogFields {

    private final Map<String, Object> values = new LinkedHashMap<>();

    /**
     * Adds a field.
     *
     * @param name name in kebab-case
     * @param value number, switch or text; null adds nothing
     */
    public LogFields add(String name, @Nullable Object value) {
        if (value != null) {
            values.put(name, value);
        }
        return this;
    }

    /** Returns the values by name. */
    public Map<String, Object> values() {
        return Collections.unmodifiableMap(values);
    }

    /** Returns {@code name=value} pairs. */
    @Override
    public String toString() {
        return values.entrySet().stream().map(field -> field.getKey() + "=" + field.getValue())
                .collect(Collectors.joining(" "));
    }
}
