package dev.retouch.server.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

import dev.retouch.server.config.ConfigurationException;
import dev.retouch.server.config.NearestName;
import dev.retouch.server.config.SettingsFile;

/** Every model that the gateway knows, read once from a data file. A mistake in it stops the start with its line. */
public final class ModelRegistry {

    private final Map<String, ModelEntry> entries;

    private ModelRegistry(Map<String, ModelEntry> entries) {
        this.entries = Collections.unmodifiableMap(entries);
    }

    /** The models that come with the gateway. */
    public static ModelRegistry shipped() {
        try (InputStream in = ModelRegistry.class.getResourceAsStream("/dev/retouch/server/models.yaml")) {
            if (in == null) {
                throw new IllegalStateException("models.yaml is missing from the class path");
            }
            return read(SettingsFile.read("models.yaml", in.readAllBytes()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The models of a file. An entry can be like another one only if that stands before it. */
    static ModelRegistry read(SettingsFile file) {
        JsonMapper mapper = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
                .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
                .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                .addModule(new JavaTimeModule()).build();
        Map<String, ObjectNode> trees = new LinkedHashMap<>();
        Map<String, ModelEntry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, JsonNode> model : file.tree().properties()) {
            String place = file.place("/" + model.getKey());
            ObjectNode tree = complete(place, model.getKey(), model.getValue(), trees);
            trees.put(model.getKey(), tree);
            try {
                entries.put(model.getKey(), mapper.treeToValue(tree, ModelEntry.class));
            } catch (JsonProcessingException e) {
                throw new ConfigurationException(place + ": the model '" + model.getKey() + "' is described wrongly: "
                        + e.getOriginalMessage().lines().findFirst().orElse(""));
            }
        }
        return new ModelRegistry(entries);
    }

    /** The entry of a model's id. */
    public Optional<ModelEntry> find(String model) {
        return Optional.ofNullable(entries.get(model));
    }

    /** Every entry by its id, in the order of the file. */
    public Map<String, ModelEntry> all() {
        return entries;
    }

    private static ObjectNode complete(String place, String id, JsonNode value, Map<String, ObjectNode> before) {
        if (!(value instanceof ObjectNode own)) {
            throw new ConfigurationException(place + ": the model '" + id + "' has no description");
        }
        String like = own.path("like").asText("");
        ObjectNode tree = own.deepCopy();
        tree.remove("like");
        if (!like.isEmpty()) {
            ObjectNode model = before.get(like);
            if (model == null) {
                throw new ConfigurationException(place + ": '" + id + "' is like '" + like
                        + "', which does not stand before it. " + NearestName.suggestion(like, before.keySet()));
            }
            tree = merge(model.deepCopy(), tree);
        }
        fillIn(tree, "sunset");
        tree.path("parameters").properties().forEach(parameter -> fillIn(parameter.getValue(), "values", "minimum",
                "maximum", "default", "handling"));
        fillIn(tree.path("sizes"), "flexible");
        return tree;
    }

    /** Names what may be left out, so that whatever else is missing is a mistake. */
    private static void fillIn(JsonNode tree, String... optional) {
        if (tree instanceof ObjectNode object) {
            for (String name : optional) {
                if (!object.has(name)) {
                    object.putNull(name);
                }
            }
        }
    }

    private static ObjectNode merge(ObjectNode onto, ObjectNode from) {
        from.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode inner
                    && onto.get(entry.getKey()) instanceof ObjectNode section) {
                merge(section, inner);
            } else {
                onto.set(entry.getKey(), entry.getValue());
            }
        });
        return onto;
    }
}
