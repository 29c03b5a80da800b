package dev.retouch.mock.scenario;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The {@code k=v} pairs behind a scenario's name. Every pair must be asked for: {@link #refuseLeftovers}. */
final class Settings {

    private final String scenario;
    private final Map<String, String> left;

    Settings(String scenario, Map<String, String> values) {
        this.scenario = scenario;
        this.left = new LinkedHashMap<>();
        values.forEach((name, value) -> left.put(name.toLowerCase(Locale.ROOT), value));
    }

    Optional<String> text(String name) {
        return Optional.ofNullable(left.remove(name));
    }

    OptionalLong number(String name, long least, long most) {
        Optional<String> value = text(name);
        if (value.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            long number = Long.parseLong(value.get());
            if (number >= least && number <= most) {
                return OptionalLong.of(number);
            }
        } catch (NumberFormatException _) {
            // reported below, like a number out of range
        }
        throw new UnknownScenarioException(
                "Scenario '" + scenario + "': " + name + " must be a number from " + least + " to "
                        + most + ", but got '" + value.get() + "'.");
    }

    int number(String name, int least, int most, int otherwise) {
        return Math.toIntExact(number(name, least, (long) most).orElse(otherwise));
    }

    Duration milliseconds(String name) {
        return Duration.ofMillis(number(name, 0, 3_600_000, 0));
    }

    /** All pairs whose name starts so, without the prefix. */
    Map<String, String> withPrefix(String prefix) {
        Map<String, String> found = new LinkedHashMap<>();
        left.forEach((name, value) -> {
            if (name.startsWith(prefix)) {
                found.put(name.substring(prefix.length()), value);
            }
        });
        left.keySet().removeIf(name -> name.startsWith(prefix));
        return found;
    }

    void refuseLeftovers() {
        if (!left.isEmpty()) {
            throw new UnknownScenarioException(
                    "Scenario '" + scenario + "' has no setting '" + left.keySet().iterator().next()
                            + "'.");
        }
    }
}
