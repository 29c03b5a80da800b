package dev.retouch.server.config;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.server.secret.Secret;
import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.DurationDeserializer;
import dev.retouch.server.settings.NearestName;
import dev.retouch.server.settings.SettingChecks;
import dev.retouch.server.settings.SettingsFile;

/**
 * Loads the settings: defaults, then a file, then the environment. Rejects an unknown or invalid setting; the message
 * names its place and, for a misspelt name, the nearest known name.
 */
public final class ConfigurationLoader {

    static final String PREFIX = "RETOUCH_";

    /**
     * Variables with the prefix {@code RETOUCH_} that are not settings: the settings file, and variables of the
     * launcher and the log.
     */
    private static final Set<String> NOT_SETTINGS = Set.of("RETOUCH_CONFIG", "RETOUCH_JAVA_HOME", "RETOUCH_JAVA_OPTS",
            "RETOUCH_LOG_FORMAT", "RETOUCH_LOG_LEVEL");

    private static final List<String> LOG_FORMATS = List.of("text", "json");

    private final Map<String, String> environment;
    private final SettingsFile defaults;

    /**
     * Creates a loader.
     *
     * @param environment environment variables
     */
    public ConfigurationLoader(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
        this.defaults = SettingsFile.read("defaults.yaml", defaultsText());
    }

    /** Returns {@code defaults.yaml}, the reference of all settings. */
    public static byte[] defaultsText() {
        try (InputStream in = ConfigurationLoader.class.getResourceAsStream("/dev/retouch/server/defaults.yaml")) {
            if (in == null) {
                throw new IllegalStateException("defaults.yaml is missing from the class path");
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Loads the settings with a file, with the file that {@code RETOUCH_CONFIG} names, or without a file. */
    public Configuration load(Optional<Path> file) {
        Optional<Path> chosen = file.or(() -> Optional.ofNullable(environment.get("RETOUCH_CONFIG"))
                .filter(name -> !name.isBlank()).map(Path::of));
        ObjectNode settings = defaults.tree().deepCopy();
        Map<String, String> origins = new HashMap<>();
        chosen.map(ConfigurationLoader::read).ifPresent(own -> overlay(own, settings, origins));
        overlayEnvironment(settings, origins);
        return bind(settings, origins);
    }

    private static SettingsFile read(Path file) {
        try {
            return SettingsFile.read(file.toString(), Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            throw new ConfigurationException(file + ": there is no such file");
        } catch (IOException e) {
            throw new ConfigurationException(file + ": cannot be read: " + e.getMessage());
        }
    }

    private void overlay(SettingsFile own, ObjectNode settings, Map<String, String> origins) {
        overlay(own, own.tree(), settings, "", origins);
    }

    private void overlay(SettingsFile own, ObjectNode from, ObjectNode onto, String path, Map<String, String> origins) {
        for (Map.Entry<String, JsonNode> entry : from.properties()) {
            String pointer = path + "/" + entry.getKey();
            JsonNode known = onto.get(entry.getKey());
            if (known == null) {
                throw unknown(own, pointer, entry.getValue(), names(onto));
            }
            if (entry.getValue().isNull() || (entry.getValue().isTextual() && entry.getValue().asText().isEmpty())) {
                continue; // an empty value counts as absent, as in the environment
            }
            if (known instanceof ObjectNode section) {
                if (!(entry.getValue() instanceof ObjectNode inner)) {
                    throw new ConfigurationException(own.place(pointer) + ": '" + dotted(pointer)
                            + "' is a section; its keys are "
                            + String.join(", ", names(section).stream().sorted().toList()));
                }
                overlay(own, inner, section, pointer, origins);
            } else if (entry.getValue().isContainerNode()) {
                throw new ConfigurationException(own.place(pointer) + ": '" + dotted(pointer) + "' takes one value");
            } else {
                onto.set(entry.getKey(), entry.getValue());
                origins.put(pointer, own.place(pointer));
            }
        }
    }

    /** Names the present setting for a former name, and else the nearest known name. */
    private static ConfigurationException unknown(SettingsFile own, String pointer, JsonNode value, Set<String> known) {
        for (Map.Entry<String, JsonNode> inner : value.properties()) {
            if (RenamedSettings.newPath(dotted(pointer + "/" + inner.getKey())).isPresent()) {
                return unknown(own, pointer + "/" + inner.getKey(), inner.getValue(), known);
            }
        }
        String path = dotted(pointer);
        return new ConfigurationException(own.place(pointer) + ": " + RenamedSettings.newPath(path)
                .map(renamed -> "'" + path + "' was renamed; write '" + renamed + "'")
                .orElseGet(() -> "unknown key '" + path + "'. "
                        + NearestName.suggestion(pointer.substring(pointer.lastIndexOf('/') + 1), known)));
    }

    private void overlayEnvironment(ObjectNode settings, Map<String, String> origins) {
        String format = environment.getOrDefault("RETOUCH_LOG_FORMAT", "text");
        if (!format.isBlank() && !LOG_FORMATS.contains(format)) {
            throw new ConfigurationException("environment: RETOUCH_LOG_FORMAT: '" + format
                    + "' is not a choice; write one of " + String.join(", ", LOG_FORMATS));
        }
        Map<String, String> variables = new TreeMap<>();
        variables(settings, "", variables);
        for (Map.Entry<String, String> entry : new TreeMap<>(environment).entrySet()) {
            String name = entry.getKey();
            if (!name.startsWith(PREFIX) || NOT_SETTINGS.contains(name) || entry.getValue().isBlank()) {
                continue;
            }
            String pointer = variables.get(name);
            if (pointer == null) {
                throw new ConfigurationException("environment: " + name + RenamedSettings.newVariable(name)
                        .map(renamed -> " was renamed; set " + renamed)
                        .orElseGet(() -> " is not a setting. " + NearestName.suggestion(name, variables.keySet())));
            }
            JsonPointer place = JsonPointer.compile(pointer);
            ((ObjectNode) settings.at(place.head())).put(place.last().getMatchingProperty(), entry.getValue());
            origins.put(pointer, "environment: " + name);
        }
    }

    private static void variables(ObjectNode section, String path, Map<String, String> found) {
        section.properties().forEach(entry -> {
            String pointer = path + "/" + entry.getKey();
            if (entry.getValue() instanceof ObjectNode inner) {
                variables(inner, pointer, found);
            } else {
                found.put(RenamedSettings.variable(dotted(pointer)), pointer);
            }
        });
    }

    private static Configuration bind(ObjectNode settings, Map<String, String> origins) {
        JsonMapper mapper = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .addModule(new SimpleModule().addDeserializer(Duration.class, new DurationDeserializer())
                        .addDeserializer(Secret.class, new SecretDeserializer()))
                .build();
        try {
            return mapper.treeToValue(settings, Configuration.class);
        } catch (JsonMappingException e) {
            throw explained(e, settings, origins);
        } catch (JsonProcessingException e) {
            throw new ConfigurationException("settings: " + e.getOriginalMessage());
        }
    }

    private static ConfigurationException explained(JsonMappingException e, ObjectNode settings,
            Map<String, String> origins) {
        String pointer = e.getPath().stream().map(step -> "/" + step.getFieldName()).collect(Collectors.joining());
        String reason;
        if (e.getCause() instanceof SettingChecks.BadValueException bad) {
            pointer = pointer + "/" + bad.key();
            reason = bad.getMessage();
        } else if (e instanceof InvalidFormatException format) {
            reason = "'" + settings.at(pointer).asText() + "' is not a " + typeName(format);
        } else {
            Throwable cause = e.getCause();
            reason = cause instanceof IllegalArgumentException && cause.getMessage() != null
                    ? cause.getMessage()
                    : "'" + settings.at(pointer).asText() + "' is not a value for it";
        }
        return new ConfigurationException(
                origin(pointer, origins) + ": '" + dotted(pointer) + "': " + reason);
    }

    /** Returns where a value came from. For a section it is where its single changed value came from. */
    private static String origin(String pointer, Map<String, String> origins) {
        List<String> below = origins.keySet().stream().filter(key -> key.startsWith(pointer + "/")).toList();
        String nearest = below.size() == 1 ? below.getFirst() : pointer;
        return origins.getOrDefault(nearest, "settings");
    }

    private static String typeName(InvalidFormatException e) {
        Class<?> type = e.getTargetType();
        if (type == boolean.class) {
            return "switch; write true or false";
        }
        if (type.isEnum()) {
            return "choice; write one of " + Arrays.stream(type.getEnumConstants())
                    .map(choice -> choice.toString().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "));
        }
        return type == int.class ? "whole number" : type.getSimpleName();
    }

    private static String dotted(String pointer) {
        return pointer.substring(1).replace('/', '.');
    }

    private static Set<String> names(ObjectNode section) {
        return section.properties().stream().map(Map.Entry::getKey).collect(Collectors.toSet());
    }
}
