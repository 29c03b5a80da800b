package dev.retouch.contract.mutation;

import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.jspecify.annotations.Nullable;

/**
 * A change that must not get through.
 *
 * @param file    what is changed, below the checkout
 * @param replace what stands there exactly once
 * @param with    what stands there then
 * @param module  the one whose build fails
 * @param tests   those that see it, or null where it does not compile
 * @param says    what the failing build prints
 */
record Mutation(String name, @JsonProperty("in") String file, String replace, String with, String module,
        @Nullable String tests, String says) {

    /** All of them, in the order of the list. */
    static List<Mutation> all() throws IOException {
        try (InputStream in = Mutation.class.getResourceAsStream("mutations.yaml")) {
            return new YAMLMapper().readValue(in, new TypeReference<>() {
            });
        }
    }

    Optional<String> test() {
        return Optional.ofNullable(tests);
    }

    /** Whether what the generators write depends on it. */
    boolean isGenerated() {
        return !file.endsWith(".java");
    }

    @Override
    public String toString() {
        return name;
    }
}
