package dev.retouch.server.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.InvalidFormatException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** Reads upstreams from a file. What an entry leaves out is as the settings say of all upstreams. */
public final class UpstreamFile {

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";
    /** As a likely mistake, it gets an answer of its own. */
    private static final String KEY = "key";
    private static final String HTTP = "http";

    private final JsonMapper mapper = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .addModule(new SimpleModule().addDeserializer(Duration.class, new HumanDuration())).build();
    private final SettingsFile file;
    private final Configuration.Provider usual;
    private final Collection<String> reserved;
    private final Collection<String> models;

    private UpstreamFile(SettingsFile file, Configuration.Provider usual, Collection<String> reserved,
            Collection<String> models) {
        this.file = file;
        this.usual = usual;
        this.reserved = reserved;
        this.models = models;
    }

    /**
     * The upstreams of a file, by their names, in its order.
     *
     * @param path the file
     * @param usual what the settings say of all upstreams
     * @param reserved names that are taken
     * @param models the ids of the models that there are
     */
    public static Map<String, UpstreamSettings> read(Path path, Configuration.Provider usual,
            Collection<String> reserved, Collection<String> models) {
        try {
            return new UpstreamFile(SettingsFile.read(path.toString(), Files.readAllBytes(path)), usual, reserved,
                    models).entries();
        } catch (IOException e) {
            throw new ConfigurationException(path + ": cannot be read: " + e.getMessage());
        }
    }

    private Map<String, UpstreamSettings> entries() {
        Map<String, UpstreamSettings> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> upstream : file.tree().properties()) {
            String name = upstream.getKey();
            String place = file.place("/" + name);
            if (!name.matches(NAME)) {
                throw new ConfigurationException(place + ": '" + name
                        + "' is not a name for an upstream; use letters, digits, '.', '_' and '-'");
            }
            if (reserved.contains(name)) {
                throw new ConfigurationException(place + ": the name '" + name + "' is taken; choose another");
            }
            if (!(upstream.getValue() instanceof ObjectNode own)) {
                throw new ConfigurationException(place + ": the upstream '" + name + "' has no description");
            }
            entries.put(name, entry(name, own));
        }
        return entries;
    }

    private UpstreamSettings entry(String name, ObjectNode own) {
        if (own.has(KEY)) {
            throw mistake(name, "/" + KEY,
                    "keys do not stand in this file; name the environment variable with key-env, or a file with key-file");
        }
        ObjectNode tree = completed(own);
        if (tree.path("url").asText("").isEmpty()) {
            throw mistake(name, "/url", "it is missing");
        }
        try {
            UpstreamSettings settings = mapper.treeToValue(tree, UpstreamSettings.class);
            settings.models().keySet().stream().filter(id -> !models.contains(id)).findFirst().ifPresent(id -> {
                throw mistake(name, "/models/" + id,
                        "there is no such model. " + NearestName.suggestion(id, models));
            });
            return settings;
        } catch (UnrecognizedPropertyException e) {
            throw mistake(name, "/" + e.getPropertyName(), "there is no such key. " + NearestName.suggestion(
                    e.getPropertyName(), e.getKnownPropertyIds().stream().map(String::valueOf).toList()));
        } catch (JsonMappingException e) {
            throw explained(name, tree, e);
        } catch (JsonProcessingException e) {
            throw mistake(name, "", e.getOriginalMessage());
        }
    }

    /** An empty value was not given, as in the settings. */
    private ObjectNode completed(ObjectNode own) {
        ObjectNode tree = own.deepCopy();
        own.properties().forEach(entry -> {
            JsonNode value = entry.getValue();
            if (value.isNull() || (value.isTextual() && value.asText().isEmpty())) {
                tree.putNull(entry.getKey());
            }
        });
        fill(tree, "priority", "1");
        fill(tree, "weight", "1");
        fill(tree, HTTP, "auto");
        fill(tree, "connect-timeout", usual.connectTimeout().toString());
        fill(tree, "first-byte-timeout", usual.firstByteTimeout().toString());
        fill(tree, "idle-timeout", usual.idleTimeout().toString());
        fill(tree, "total-timeout", usual.totalTimeout().toString());
        fill(tree, "max-connections", Integer.toString(usual.maxConnections()));
        fill(tree, "json-edits", "multipart");
        fill(tree, "streams", "true");
        if (!tree.hasNonNull("models")) {
            tree.putObject("models");
        }
        if (tree.path(HTTP).isNumber()) {
            tree.put(HTTP, tree.path(HTTP).asText());
        }
        return tree;
    }

    private static void fill(ObjectNode tree, String key, String value) {
        if (!tree.hasNonNull(key)) {
            tree.put(key, value);
        }
    }

    private ConfigurationException explained(String name, ObjectNode tree, JsonMappingException e) {
        String path = e.getPath().stream().map(step -> "/" + step.getFieldName()).collect(Collectors.joining());
        Throwable cause = e.getCause();
        if (cause instanceof Setting.BadValueException bad) {
            return mistake(name, path + "/" + bad.key(), String.valueOf(bad.getMessage()));
        }
        if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
            return mistake(name, path, cause.getMessage());
        }
        String value = "'" + tree.at(path).asText() + "'";
        return mistake(name, path, e instanceof InvalidFormatException format && format.getTargetType().isEnum()
                ? value + " is not a choice; write one of " + Arrays.stream(format.getTargetType().getEnumConstants())
                        .map(choice -> choice.toString().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "))
                : value + " is not a value for it");
    }

    /** Names the line of the wrong key, or of the entry where the key is not there. */
    private ConfigurationException mistake(String name, String path, String reason) {
        String pointer = "/" + name + path;
        String place = file.lines().containsKey(pointer) ? file.place(pointer) : file.place("/" + name);
        String key = path.isEmpty() ? "" : ": '" + path.substring(1).replace('/', '.') + "'";
        return new ConfigurationException(place + ": the upstream '" + name + "'" + key + ": " + reason);
    }
}
