package dev.retouch.server.model;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.datatype.jsr310.JavaTimeModule;

import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.NearestName;
import dev.retouch.server.settings.SettingsFile;

/**
 * Reads model files and merges their entries: resolves {@code like} and {@code alias}, and lets a later file override
 * an earlier one.
 */
final class ModelFileReader {

    private static final String ALIAS = "alias";

    private final JsonMapper mapper = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).addModule(new JavaTimeModule()).build();
    private final Map<String, ObjectNode> trees = new LinkedHashMap<>();
    private final Map<String, ModelEntry> entries = new LinkedHashMap<>();
    private final Map<String, String> aliases = new LinkedHashMap<>();

    /** Adds the entries of a file; they override earlier entries. */
    void add(SettingsFile file) {
        for (Map.Entry<String, JsonNode> model : file.tree().properties()) {
            add(file, model.getKey(), model.getValue());
        }
    }

    ModelRegistry registry() {
        return new ModelRegistry(entries, aliases);
    }

    private void add(SettingsFile file, String id, JsonNode value) {
        String place = file.place("/" + id);
        if (!(value instanceof ObjectNode own)) {
            throw new ConfigurationException(place + ": the model '" + id + "' has no description");
        }
        ObjectNode tree = complete(place, id, own);
        aliases.remove(id);
        if (tree.has(ALIAS)) {
            addAlias(place, id, tree);
            return;
        }
        trees.put(id, tree.deepCopy());
        fillIn(tree, "sunset", "upstream-name", "output-tokens", "markup-bytes", "animation", "svg", "kinds",
                "aspect", "input-tokens");
        fillIn(tree.path("prices"), "published", "reported", "per-megapixel");
        fillIn(tree.path("output-tokens"), "by-quality", "grid", "by-pixels");
        fillIn(tree.path("aspect"), "resolutions");
        tree.path("parameters").properties().forEach(
                parameter -> fillIn(parameter.getValue(), "values", "minimum", "maximum", "default", "handling"));
        fillIn(tree.path("sizes"), "flexible");
        entries.put(id, entry(file, id, tree));
    }

    /** An alias has the entry of its model, but its own sunset. */
    private void addAlias(String place, String id, ObjectNode tree) {
        String target = tree.path(ALIAS).asText();
        ModelEntry entry = entries.get(target);
        if (entry == null || target.equals(id)) {
            throw new ConfigurationException(place + ": '" + id + "' is an alias of '" + target
                    + "', which is not defined before it. " + NearestName.suggestion(target, entries.keySet()));
        }
        ModelEntry before = entries.get(id);
        entries.put(id, before == null || before.sunset() == null ? entry : entry.withSunset(before.sunset()));
        aliases.put(id, aliases.getOrDefault(target, target));
    }

    private ObjectNode complete(String place, String id, ObjectNode own) {
        String like = own.path("like").asText("");
        ObjectNode tree = own.deepCopy();
        tree.remove("like");
        if (!like.isEmpty() && !trees.containsKey(like)) {
            throw new ConfigurationException(place + ": '" + id + "' is like '" + like
                    + "', which is not defined before it. " + NearestName.suggestion(like, trees.keySet()));
        }
        ObjectNode base = trees.get(like.isEmpty() ? id : like);
        return base == null || tree.has(ALIAS) ? tree : merge(base.deepCopy(), tree);
    }

    private ModelEntry entry(SettingsFile file, String id, ObjectNode tree) {
        try {
            return mapper.treeToValue(tree, ModelEntry.class);
        } catch (UnrecognizedPropertyException e) {
            throw mistake(file, id, e, "there is no '" + e.getPropertyName() + "'. " + NearestName.suggestion(
                    e.getPropertyName(), e.getKnownPropertyIds().stream().map(String::valueOf).toList()));
        } catch (JsonMappingException e) {
            throw mistake(file, id, e, reason(e));
        } catch (JsonProcessingException e) {
            throw new ConfigurationException(
                    file.place("/" + id) + ": the model '" + id + "': " + e.getOriginalMessage());
        }
    }

    private static String reason(JsonMappingException e) {
        Throwable cause = e.getCause();
        if (cause instanceof IllegalArgumentException && cause.getMessage() != null) {
            return cause.getMessage();
        }
        String message = e.getOriginalMessage().lines().findFirst().orElse("");
        return message.startsWith("Missing creator property") ? "it is missing" : message;
    }

    /** An error with the line of the wrong key, or the line of the entry if the key was inherited. */
    private static ConfigurationException mistake(SettingsFile file, String id, JsonMappingException e, String reason) {
        String path = e.getPath().stream()
                .map(step -> "/" + (step.getFieldName() == null ? step.getIndex() : step.getFieldName()))
                .collect(Collectors.joining());
        String pointer = "/" + id + path;
        String place = file.lines().containsKey(pointer) ? file.place(pointer) : file.place("/" + id);
        String key = path.isEmpty() ? "" : ": '" + path.substring(1).replace('/', '.') + "'";
        return new ConfigurationException(place + ": the model '" + id + "'" + key + ": " + reason);
    }

    /** Sets omitted optional keys to null, so that any other missing key is an error. */
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
            boolean sections = entry.getValue() instanceof ObjectNode && onto.get(entry.getKey()) instanceof ObjectNode;
            if (sections) {
                merge((ObjectNode) onto.get(entry.getKey()), (ObjectNode) entry.getValue());
            } else {
                onto.set(entry.getKey(), entry.getValue());
            }
        });
        return onto;
    }
}
