package dev.retouch.server.api;

import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/** Parses the query parameters of lists that are read in pages. A blank value means that the parameter was not given. */
final class ListParameters {

    /** The size of a page if the request names none. */
    static final int LIMIT = 20;
    private static final int MAX_LIMIT = 100;

    private ListParameters() {}

    static @Nullable String given(@Nullable String text) {
        return text == null || text.isBlank() ? null : text.strip();
    }

    /** Parses {@code limit}. */
    static int limit(@Nullable String text, int otherwise) {
        String given = given(text);
        if (given == null) {
            return otherwise;
        }
        if (given.matches("[0-9]{1,3}")) {
            int limit = Integer.parseInt(given);
            if (limit >= 1 && limit <= MAX_LIMIT) {
                return limit;
            }
        }
        throw wrong("limit", "it must be a whole number from 1 to " + MAX_LIMIT);
    }

    /** Parses a value of an enumeration by its name in the contract. */
    static <E extends Enum<E>> @Nullable E choice(String parameter, @Nullable String text, E[] values,
            Function<E, String> name) {
        String given = given(text);
        return given == null
                ? null
                : Arrays.stream(values).filter(value -> name.apply(value).equals(given)).findFirst()
                        .orElseThrow(() -> wrong(parameter, "it must be one of "
                                + Arrays.stream(values).map(name).collect(Collectors.joining(", "))));
    }

    /** Parses the start or end of a period. */
    static @Nullable Instant time(String name, @Nullable String text, Function<String, Instant> parser) {
        String given = given(text);
        if (given == null) {
            return null;
        }
        try {
            return parser.apply(given);
        } catch (DateTimeException e) {
            throw wrong(name, "it must be a day such as 2026-11-24, or a time such as 2026-11-24T18:00:00Z");
        }
    }

    static ApiException wrong(String name, String reason) {
        return new ApiException(ErrorMessage.VALUE_IS_INVALID, name).withArgument("reason", reason);
    }

    /** The failure of a page after an element that the list does not have. */
    static ApiException unknownAfter(String what) {
        return wrong("after", "the list has no " + what + " with this id");
    }
}
