package dev.retouch.server.upstream.poll;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.DurationDeserializer;
import dev.retouch.server.settings.SettingsFile;

/** Reads files of upstream kinds of the poll sort. What a kind omits has a usual value; a variant has the values of its kind. */
public final class PollKindsReader {

    private static final String SHIPPED = "/dev/retouch/server/upstream-kinds.yaml";
    private static final String SUBMIT = "submit";
    private static final String TAKES = "takes";
    private static final String VARIANTS = "variants";
    private static final String NAME = "[a-z][a-z0-9-]{0,30}";

    private final JsonMapper mapper = JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.KEBAB_CASE)
            .enable(MapperFeature.ACCEPT_CASE_INSENSITIVE_ENUMS)
            .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
            .addModule(new SimpleModule().addDeserializer(Duration.class, new DurationDeserializer())).build();
    private final Map<String, ObjectNode> trees = new LinkedHashMap<>();
    private final Map<String, PollKind> kinds = new LinkedHashMap<>();

    private PollKindsReader() {}

    /**
     * The shipped kinds, and those of an operator's file.
     *
     * @param file the operator's file; null for none
     */
    public static Map<String, PollKind> read(@Nullable Path file) {
        PollKindsReader reader = new PollKindsReader();
        reader.add(shipped());
        if (file != null) {
            try {
                reader.add(SettingsFile.read(file.toString(), Files.readAllBytes(file)));
            } catch (IOException e) {
                throw new ConfigurationException(file + ": cannot be read: " + e.getMessage());
            }
        }
        return Collections.unmodifiableMap(reader.kinds);
    }

    private static SettingsFile shipped() {
        try (InputStream in = PollKindsReader.class.getResourceAsStream(SHIPPED)) {
            if (in == null) {
                throw new IllegalStateException("upstream-kinds.yaml is missing from the class path");
            }
            return SettingsFile.read("upstream-kinds.yaml", in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void add(SettingsFile file) {
        file.tree().properties().forEach(entry -> {
            String place = file.place("/" + entry.getKey());
            if (!entry.getKey().matches(NAME) || !(entry.getValue() instanceof ObjectNode own)) {
                throw new ConfigurationException(place + ": '" + entry.getKey()
                        + "' is not an upstream kind; use lower case letters, digits and '-', and describe it");
            }
            ObjectNode base = trees.get(entry.getKey());
            ObjectNode tree = base == null ? own.deepCopy() : merged(base.deepCopy(), own);
            trees.put(entry.getKey(), tree);
            kinds.put(entry.getKey(), kind(place, entry.getKey(), completed(tree.deepCopy())));
        });
    }

    private PollKind kind(String place, String name, ObjectNode tree) {
        try {
            return mapper.treeToValue(tree, PollKind.class);
        } catch (JsonMappingException e) {
            String path = e.getPath().stream().map(step -> step.getFieldName() == null
                    ? String.valueOf(step.getIndex())
                    : step.getFieldName()).collect(Collectors.joining("."));
            throw new ConfigurationException(place + ": the upstream kind '" + name + "': '" + path + "': "
                    + e.getOriginalMessage().lines().findFirst().orElse(""));
        } catch (JsonProcessingException e) {
            throw new ConfigurationException(place + ": the upstream kind '" + name + "': " + e.getOriginalMessage());
        }
    }

    private static ObjectNode completed(ObjectNode tree) {
        fill(tree, "hosts", tree.arrayNode());
        fill(tree, "headers", tree.objectNode());
        fill(tree, VARIANTS, tree.arrayNode());
        ObjectNode submit = inner(tree, SUBMIT);
        fill(submit, "fixed", tree.objectNode());
        fill(submit, "parameters", tree.objectNode());
        fill(submit, "multiple", tree.numberNode(1));
        fill(submit, "data-urls", tree.booleanNode(true));
        ObjectNode takes = inner(tree, TAKES);
        fill(takes, "mask", tree.textNode("none"));
        fill(takes, "size", tree.textNode("none"));
        fill(takes, "urls", tree.booleanNode(false));
        fill(takes, "inputs", tree.arrayNode().add("png").add("jpeg"));
        fill(takes, "max-images", tree.numberNode(1));
        normalSize(takes);
        ObjectNode accepted = inner(tree, "accepted");
        fill(accepted, "cancel-method", tree.textNode("POST"));
        fill(accepted, "cost-unit", tree.textNode("1"));
        ObjectNode poll = inner(tree, "poll");
        for (String words : new String[]{"done", "blocked", "failed", "lost", "reasons"}) {
            fill(poll, words, tree.arrayNode());
        }
        fill(poll, "every", tree.textNode("1s"));
        inner(tree, "result");
        for (JsonNode variant : tree.path(VARIANTS)) {
            if (variant instanceof ObjectNode own) {
                own.set(SUBMIT, merged(submit.deepCopy(), inner(own, SUBMIT)));
                own.set(TAKES, merged(takes.deepCopy(), inner(own, TAKES)));
                normalSize(inner(own, TAKES));
            }
        }
        return tree;
    }

    /** Enumerations have an underscore where the file has a hyphen. */
    private static void normalSize(ObjectNode takes) {
        takes.put("size", takes.path("size").asText().replace('-', '_'));
    }

    private static ObjectNode inner(ObjectNode tree, String name) {
        return tree.path(name) instanceof ObjectNode object ? object : tree.putObject(name);
    }

    private static void fill(ObjectNode tree, String name, JsonNode value) {
        if (!tree.hasNonNull(name)) {
            tree.set(name, value);
        }
    }

    private static ObjectNode merged(ObjectNode onto, ObjectNode from) {
        from.properties().forEach(entry -> {
            if (entry.getValue() instanceof ObjectNode inner
                    && onto.get(entry.getKey()) instanceof ObjectNode section) {
                merged(section, inner);
            } else {
                onto.set(entry.getKey(), entry.getValue());
            }
        });
        return onto;
    }
}
