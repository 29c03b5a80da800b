package dev.retouch.server.fetch;

import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

import com.fasterxml.jackson.annotation.JsonCreator;

/**
 * Ports from a setting, separated by commas.
 *
 * @param numbers the ports, at least one
 */
public record PortSet(Set<Integer> numbers) {

    /** Validates the port numbers. */
    public PortSet {
        numbers = Set.copyOf(numbers);
        if (numbers.isEmpty() || numbers.stream().anyMatch(port -> port < 1 || port > 65_535)) {
            throw new IllegalArgumentException("write ports of 1 to 65535 like 80, 443");
        }
    }

    /** Parses {@code 80, 443}. */
    @JsonCreator
    public static PortSet parse(String text) {
        try {
            return new PortSet(Stream.of(text.split(",", -1)).map(String::strip).map(Integer::valueOf)
                    .collect(Collectors.toSet()));
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException("'" + text + "' is not a list of ports; write it like 80, 443", e);
        }
    }

    boolean contain(int port) {
        return numbers.contains(port);
    }
}
