package dev.retouch.server.intake;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * The parameters of one request, by their names in the contract. Values are trimmed, except for the prompt, whose blanks belong
 * to the text. An empty value counts as not given.
 */
final class ParameterValues {

    private static final String PROMPT = "prompt";

    private final Map<String, String> values = new LinkedHashMap<>();

    /**
     * Adds a parameter.
     *
     * @throws ApiException if the parameter was given before
     */
    void put(String name, @Nullable Object value) {
        if (value == null) {
            return;
        }
        String text = name.equals(PROMPT) ? value.toString() : value.toString().strip();
        if (!text.isEmpty() && values.putIfAbsent(name, text) != null) {
            throw new ApiException(ErrorMessage.PARAMETER_IS_REPEATED, name);
        }
    }

    /** Removes a parameter and returns its value. */
    Optional<String> take(String name) {
        return Optional.ofNullable(values.remove(name));
    }

    /** The parameters, in the order of the request. */
    Map<String, String> all() {
        return Collections.unmodifiableMap(values);
    }
}
