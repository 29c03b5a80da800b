package dev.retouch.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import dev.retouch.server.settings.ConfigurationException;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

/** The former name of a setting stops the start, and the message has the present name. */
class RenamedSettingsTest {

    private final Path file;

    RenamedSettingsTest(@TempDir Path folder) {
        this.file = folder.resolve("retouch.yaml");
    }

    private static Stream<Map.Entry<String, String>> settings() {
        return RenamedSettings.NEW_PATHS.entrySet().stream().filter(entry -> entry.getKey().contains("."));
    }

    private String failure(String yaml) throws IOException {
        Files.writeString(file, yaml);
        return String.valueOf(catchThrowableOfType(ConfigurationException.class,
                () -> new ConfigurationLoader(Map.of()).load(Optional.of(file))).getMessage());
    }

    @ParameterizedTest
    @MethodSource("settings")
    void refusesFormerNameInFile(Map.Entry<String, String> names) throws IOException {
        String[] path = names.getKey().split("\\.");
        String message = "'" + names.getKey() + "' was renamed; write '" + names.getValue() + "'";

        assertThat(failure("port: 1\n" + path[0] + ":\n  " + path[1] + ": 1\n")).isEqualTo(file + ":3: " + message);
        assertThat(failure(path[0] + ": {" + path[1] + ": }\n")).as("without a value")
                .isEqualTo(file + ":1: " + message);
    }

    @ParameterizedTest
    @MethodSource("settings")
    void refusesFormerVariable(Map.Entry<String, String> names) {
        String former = RenamedSettings.variable(names.getKey());

        assertThat(catchThrowableOfType(ConfigurationException.class,
                () -> new ConfigurationLoader(Map.of(former, "1")).load(Optional.empty())))
                .hasMessage("environment: " + former + " was renamed; set "
                        + RenamedSettings.variable(names.getValue()));
    }

    @Test
    void refusesFormerSection() throws IOException {
        assertThat(failure("limits:\n")).isEqualTo(file + ":1: 'limits' was renamed; write 'http'");
        assertThat(failure("limits: {unknown: 1}\n")).isEqualTo(file + ":1: 'limits' was renamed; write 'http'");
        assertThat(failure("limits: {unknown: 1, body: 1KB}\n"))
                .isEqualTo(file + ":1: 'limits.body' was renamed; write 'http.max-body-size'");
    }

    /** A former name must not be used again, and the present name must exist. */
    @Test
    void namesExistingSettings() throws IOException {
        JsonNode defaults = new YAMLMapper().readTree(ConfigurationLoader.defaultsText());

        RenamedSettings.NEW_PATHS.forEach((former, present) -> {
            assertThat(defaults.at(pointer(former)).isMissingNode()).as("%s is unused", former).isTrue();
            assertThat(defaults.at(pointer(present)).isMissingNode()).as("%s exists", present).isFalse();
        });
        assertThat(Set.copyOf(RenamedSettings.NEW_PATHS.values())).hasSameSizeAs(RenamedSettings.NEW_PATHS.values());
    }

    private static String pointer(String path) {
        return "/" + path.replace('.', '/');
    }
}
