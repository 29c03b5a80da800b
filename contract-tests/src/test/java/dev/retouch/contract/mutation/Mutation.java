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
 * A change that must fail the build.
 *
 * @param file the changed file, below the checkout
 * @param replace the replaced text, which occurs exactly once
 * @param with the replacement
 * @param module the module whose build fails
 * @param tests the tests that detect it; null if compilation fails
 * @param says the text that the failing build prints
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
