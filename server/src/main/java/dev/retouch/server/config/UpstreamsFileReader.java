package dev.retouch.server.config;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.DurationDeserializer;
import dev.retouch.server.settings.NearestName;
import dev.retouch.server.settings.SettingChecks;
import dev.retouch.server.settings.SettingsFile;
import dev.retouch.server.upstream.UpstreamDefaults;
import dev.retouch.server.upstream.UpstreamSettings;
import dev.retouch.server.upstream.WireSettings;

/** Reads the upstreams file. A property that an entry omits has the value of the settings for all upstreams. */
public final class UpstreamsFileReader {

    private static final String NAME = "[A-Za-z0-9][A-Za-z0-9._-]{0,62}";
    /** A likely mistake, which has its own message. */
    private static final String KEY = "key";
    private static final String HTTP = "http";
    /** The object of the settings of the wire format; no key of the file. */
    private static final String WIRE = "wire";
    private static final List<String> WIRE_KEYS = List.of("kind", "api-version", "deployments", "token-file",
            "token-command", "service-account-file", "project", "location", "mask-field", "mask-means", "images-field",
            "json-only", "ask-base64");

    private final JsonMapper mapper = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
            .addModule(new SimpleModule().addDeserializer(Duration.class, new DurationDeserializer())).build();
    private final SettingsFile file;
    private final UpstreamDefaults usual;
    private final Collection<String> reserved;
    private final Collection<String> models;
    private final Map<String, Optional<URI>> kinds;

    private UpstreamsFileReader(SettingsFile file, UpstreamDefaults usual, Collection<String> reserved,
            Collection<String> models, Map<String, Optional<URI>> kinds) {
        this.kinds = kinds;
        this.file = file;
        this.usual = usual;
        this.reserved = reserved;
        this.models = models;
    }

    /**
     * Reads the upstreams by name, in the order of the file.
     *
     * @param path upstreams file
     * @param usual settings of all upstreams
     * @param reserved names that are not available
     * @param models ids of the known models
     * @param kinds the known upstream kinds, with the base URL of those whose upstreams need not name one
     */
    public static Map<String, UpstreamSettings> read(Path path, UpstreamDefaults usual,
            Collection<String> reserved, Collection<String> models, Map<String, Optional<URI>> kinds) {
        return read(SettingsFile.read(path), usual, reserved, models, kinds);
    }

    /**
     * Reads the upstreams of a document by name, in its order.
     *
     * @param document upstreams file, or a stored document of the same form
     * @param usual settings of all upstreams
     * @param reserved names that are not available
     * @param models ids of the known models
     * @param kinds the known upstream kinds, with the base URL of those whose upstreams need not name one
     */
    public static Map<String, UpstreamSettings> read(SettingsFile document, UpstreamDefaults usual,
            Collection<String> reserved, Collection<String> models, Map<String, Optional<URI>> kinds) {
        return new UpstreamsFileReader(document, usual, reserved, models, kinds).entries();
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
        String kind = tree.path(WIRE).path("kind").asText();
        if (!kinds.containsKey(kind)) {
            throw mistake(name, "/kind",
                    "there is no such upstream kind. " + NearestName.suggestion(kind, kinds.keySet()));
        }
        URI usualUrl = kinds.getOrDefault(kind, Optional.empty())
                .orElseGet(() -> WireSettings.usualUrl(kind, tree.path(WIRE).path("location").asText(null)));
        if (usualUrl != null) {
            fill(tree, "url", usualUrl.toString());
        }
        if (tree.path("url").asText("").isEmpty()) {
            throw mistake(name, "/url", "it is missing");
        }
        try {
            UpstreamSettings settings = mapper.treeToValue(tree, UpstreamSettings.class);
            checkModels(name, "/models/", settings.models().keySet());
            checkModels(name, "/deployments/", settings.wire().deployments().keySet());
            return settings;
        } catch (UnrecognizedPropertyException e) {
            throw mistake(name, "/" + e.getPropertyName(), "there is no such key. " + NearestName.suggestion(
                    e.getPropertyName(), Stream.concat(WIRE_KEYS.stream(), e.getKnownPropertyIds().stream()
                            .map(String::valueOf).filter(known -> !known.equals(WIRE))).toList()));
        } catch (JsonMappingException e) {
            throw explained(name, tree, e);
        } catch (JsonProcessingException e) {
            throw mistake(name, "", e.getOriginalMessage());
        }
    }

    private void checkModels(String name, String path, Collection<String> named) {
        named.stream().filter(id -> !models.contains(id)).findFirst().ifPresent(id -> {
            throw mistake(name, path + id, "there is no such model. " + NearestName.suggestion(id, models));
        });
    }

    /** Moves the keys of the wire format into a separate object. */
    private static void separateWire(ObjectNode tree) {
        ObjectNode wire = tree.objectNode();
        for (String key : WIRE_KEYS) {
            JsonNode value = tree.remove(key);
            if (value != null) {
                wire.set(key, value);
            }
        }
        fill(wire, "kind", WireSettings.OPENAI);
        fill(wire, "json-only", "false");
        fill(wire, "ask-base64", "false");
        tree.set(WIRE, wire);
    }

    /** An empty value counts as absent, as in the settings. */
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
        separateWire(tree);
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
        String path = e.getPath().stream().filter(step -> !WIRE.equals(step.getFieldName()))
                .map(step -> "/" + step.getFieldName()).collect(Collectors.joining());
        Throwable cause = e.getCause();
        if (cause instanceof SettingChecks.BadValueException bad) {
            return mistake(name, path + "/" + bad.key(), String.valueOf(bad.getMessage()));
        }
        if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
            return mistake(name, path, cause.getMessage());
        }
        JsonNode written = tree.at(path).isMissingNode() ? tree.at("/" + WIRE + path) : tree.at(path);
        String value = "'" + written.asText() + "'";
        return mistake(name, path, e instanceof InvalidFormatException format && format.getTargetType().isEnum()
                ? value + " is not a choice; write one of " + Arrays.stream(format.getTargetType().getEnumConstants())
                        .map(choice -> choice.toString().toLowerCase(Locale.ROOT)).collect(Collectors.joining(", "))
                : value + " is not a value for it");
    }

    /** Names the line of the invalid key, or of the entry if the key is missing. */
    private ConfigurationException mistake(String name, String path, String reason) {
        String pointer = "/" + name + path;
        String place = file.lines().containsKey(pointer) ? file.place(pointer) : file.place("/" + name);
        String key = path.isEmpty() ? "" : ": '" + path.substring(1).replace('/', '.') + "'";
        return new ConfigurationException(place + ": the upstream '" + name + "'" + key + ": " + reason);
    }
}
