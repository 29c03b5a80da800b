package dev.retouch.mock.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;

/**
 * All models, in the order of the data file.
 *
 * @param gemini the models of the Gemini API: output tokens of an image by its most pixels
 */
public record Models(List<Model> all, Model standard, List<String> moderation, int partialImageTokens,
        Map<String, TreeMap<Long, Integer>> gemini) {

    private record Entry(String id, String family, long created, String ownedBy) {}

    private record File(Map<String, Family> families, String defaultModel, List<Entry> models,
            List<String> moderationModels, int partialImageTokens, Map<String, TreeMap<Long, Integer>> geminiModels) {}

    public Models {
        all = List.copyOf(all);
        moderation = List.copyOf(moderation);
        gemini = Map.copyOf(gemini);
    }

    public static Models load() {
        YAMLMapper yaml = YAMLMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES).build();
        try (InputStream data = Models.class.getResourceAsStream("/dev/retouch/mock/models.yaml")) {
            if (data == null) {
                throw new IllegalStateException("models.yaml is missing from the jar");
            }
            return of(yaml.readValue(data, File.class));
        } catch (IOException e) {
            throw new UncheckedIOException("models.yaml cannot be read", e);
        }
    }

    private static Models of(File file) {
        List<Model> all = file.models().stream().map(entry -> {
            Family family = file.families().get(entry.family());
            if (family == null) {
                throw new IllegalStateException("models.yaml: unknown family " + entry.family());
            }
            return new Model(entry.id(), entry.created(), entry.ownedBy(), family);
        }).toList();
        Model standard = all.stream().filter(model -> model.id().equals(file.defaultModel())).findFirst()
                .orElseThrow(() -> new IllegalStateException("models.yaml: the default model is not listed"));
        return new Models(all, standard, file.moderationModels(), file.partialImageTokens(),
                file.geminiModels());
    }

    public Optional<Model> find(String id) {
        return all.stream().filter(model -> model.id().equals(id)).findFirst();
    }
}
