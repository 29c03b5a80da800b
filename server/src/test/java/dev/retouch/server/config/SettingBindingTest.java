package dev.retouch.server.config;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

import static org.assertj.core.api.Assertions.assertThat;

/** Each setting has a variable, and changes exactly the field of its name. */
class SettingBindingTest {

    private static final Pattern NUMBER = Pattern.compile("(\\d+)(ms|s|m|h|KB|MB|GB)?");
    /** Other values of the settings whose default is empty or a word. */
    private static final Map<String, String> VALUES = Map.ofEntries(Map.entry("host", "127.0.0.2"),
            Map.entry("data-dir", "other"), Map.entry("tmp-dir", "other"),
            Map.entry("storage.url", "s3://bucket/prefix"), Map.entry("storage.endpoint", "https://s3.example.com"),
            Map.entry("storage.region", "eu-central-1"), Map.entry("public-url", "https://images.example.com"),
            Map.entry("default-model", "gpt-image-1"), Map.entry("admin-token", "token-of-16-chars"),
            Map.entry("metrics-token", "token"),
            Map.entry("bootstrap-key", "sk-bootstrap-0123456789"),
            Map.entry("database-url", "postgresql://a:b@c/d"), Map.entry("models-file", "models.yaml"),
            Map.entry("upstreams-file", "upstreams.yaml"), Map.entry("edits.normalise", "mask, size"),
            Map.entry("upstream-kinds-file", "kinds.yaml"), Map.entry("edits.unsupported", "warn"),
            Map.entry("edits.unknown-parameters", "ignore"),
            Map.entry("edits.mismatch", "ignore"), Map.entry("edits.image-urls", "forward"),
            Map.entry("edits.client-disconnect", "drain"), Map.entry("fetch.allow-hosts", "a.example"),
            Map.entry("fetch.deny-hosts", "b.example"), Map.entry("fetch.unguarded-hosts", "c.example"),
            Map.entry("fetch.deny-addresses", "203.0.114.0/24"), Map.entry("fetch.ports", "81"),
            Map.entry("tls.certificate", "other.pem"), Map.entry("tls.key", "other.pem"),
            Map.entry("cors.origins", "https://app.example.com"), Map.entry("moderation.rules-file", "rules.yaml"),
            Map.entry("moderation.url", "https://m.example/v1"), Map.entry("moderation.key", "key"),
            Map.entry("billing.currency", "EUR"), Map.entry("billing.undecided", "release"),
            Map.entry("billing.abandoned", "charge"), Map.entry("billing.keep-edits", "400d"),
            Map.entry("upstream.url", "https://u.example/v1"),
            Map.entry("upstream.key", "key"), Map.entry("catalog.key-env-prefix", "OTHER_KEY_"),
            Map.entry("catalog.key-folder", "keys"), Map.entry("retention.key-file", "content.key"),
            Map.entry("sandbox.kind", "gemini"), Map.entry("storage.quota-per-key", "20GB"));
    /** A certificate and its key are valid only together. */
    private static final Map<String, String> TLS = Map.of("RETOUCH_TLS_CERTIFICATE", "a.pem", "RETOUCH_TLS_KEY",
            "b.pem");

    private static Stream<Map.Entry<String, String>> settings() throws IOException {
        Map<String, String> defaults = new TreeMap<>();
        collect("", new YAMLMapper().readTree(ConfigurationLoader.defaultsText()), defaults);
        return defaults.entrySet().stream();
    }

    private static void collect(String path, JsonNode section, Map<String, String> defaults) {
        section.properties().forEach(entry -> {
            if (entry.getValue().isObject()) {
                collect(path + entry.getKey() + ".", entry.getValue(), defaults);
            } else {
                defaults.put(path + entry.getKey(), entry.getValue().asText(""));
            }
        });
    }

    private static Map<String, @Nullable Object> fields(Map<String, String> environment) {
        Map<String, @Nullable Object> fields = new HashMap<>();
        collect("", new ConfigurationLoader(environment).load(Optional.empty()), fields);
        return fields;
    }

    private static void collect(String path, Record section, Map<String, @Nullable Object> fields) {
        for (RecordComponent component : section.getClass().getRecordComponents()) {
            String name = path + component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
            try {
                Object value = component.getAccessor().invoke(section);
                if (value instanceof Record inner && isSection(inner)) {
                    collect(name + ".", inner, fields);
                } else {
                    fields.put(name, value);
                }
            } catch (IllegalAccessException | InvocationTargetException e) {
                throw new LinkageError(name, e);
            }
        }
    }

    private static boolean isSection(Record value) {
        return value.getClass().getSimpleName().matches(".+(Settings|Defaults|Policy)");
    }

    private static String another(String path, String value) {
        Matcher number = NUMBER.matcher(value);
        if (number.matches()) {
            return Integer.parseInt(number.group(1)) + 1 + Objects.requireNonNullElse(number.group(2), "");
        }
        return switch (value) {
            case "true" -> "false";
            case "false" -> "true";
            default -> Objects.requireNonNull(VALUES.get(path), "another value for " + path);
        };
    }

    @ParameterizedTest
    @MethodSource("settings")
    void variableChangesFieldOfItsName(Map.Entry<String, String> setting) {
        String path = setting.getKey();
        Map<String, String> environment = new HashMap<>(TLS);
        Map<String, @Nullable Object> before = fields(environment);
        environment.put(RenamedSettings.variable(path), another(path, setting.getValue()));

        Map<String, @Nullable Object> after = fields(environment);

        assertThat(after.keySet()).isEqualTo(before.keySet());
        assertThat(after.keySet().stream().filter(field -> !Objects.equals(before.get(field), after.get(field))))
                .containsExactly(path);
    }

    @Test
    void everyFieldHasASetting() throws IOException {
        assertThat(fields(Map.of()).keySet())
                .containsExactlyInAnyOrderElementsOf(settings().map(Map.Entry::getKey).toList());
    }

    @Test
    void defaultsCanBeGivenAsFileAndAsVariables(@TempDir Path folder) throws IOException {
        Path file = folder.resolve("retouch.yaml");
        Files.writeString(file, new String(ConfigurationLoader.defaultsText(), StandardCharsets.UTF_8));
        Map<String, String> environment = new HashMap<>();
        settings().forEach(setting -> environment.put(RenamedSettings.variable(setting.getKey()), setting.getValue()));
        Configuration defaults = new ConfigurationLoader(Map.of()).load(Optional.empty());

        assertThat(new ConfigurationLoader(environment).load(Optional.empty())).isEqualTo(defaults);
        assertThat(new ConfigurationLoader(Map.of()).load(Optional.of(file))).isEqualTo(defaults);
    }
}
