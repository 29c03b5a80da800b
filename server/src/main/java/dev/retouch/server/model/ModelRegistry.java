package dev.retouch.server.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.settings.SettingsFile;

/**
 * All models known to the gateway: those of the shipped data file and those of the operator's file, which override
 * them. Immutable. An error in a file prevents the start, with file, line and reason.
 */
public final class ModelRegistry {

    private final Map<String, ModelEntry> entries;
    private final Map<String, String> aliases;

    ModelRegistry(Map<String, ModelEntry> entries, Map<String, String> aliases) {
        this.entries = Collections.unmodifiableMap(entries);
        this.aliases = Map.copyOf(aliases);
    }

    /** Loads the shipped models. */
    public static ModelRegistry shipped() {
        return read(List.of(shippedFile()));
    }

    /** Loads the shipped models and those of an operator's file. */
    public static ModelRegistry shippedAnd(Path file) {
        return shippedAnd(SettingsFile.read(file));
    }

    /** Loads the shipped models and those of an operator's document. */
    public static ModelRegistry shippedAnd(SettingsFile document) {
        return read(List.of(shippedFile(), document));
    }

    static ModelRegistry read(List<SettingsFile> files) {
        ModelFileReader models = new ModelFileReader();
        files.forEach(models::add);
        return models.registry();
    }

    private static SettingsFile shippedFile() {
        try (InputStream in = ModelRegistry.class.getResourceAsStream("/dev/retouch/server/models.yaml")) {
            if (in == null) {
                throw new IllegalStateException("models.yaml is missing from the class path");
            }
            return SettingsFile.read("models.yaml", in.readAllBytes());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The entry for a model id or alias. */
    public Optional<ModelEntry> find(String model) {
        return Optional.ofNullable(entries.get(model));
    }

    /** The model id for an id or alias. */
    public String idOf(String model) {
        return aliases.getOrDefault(model, model);
    }

    /** All entries by model id, without aliases, in the order of the files. */
    public Map<String, ModelEntry> all() {
        Map<String, ModelEntry> models = new LinkedHashMap<>(entries);
        models.keySet().removeAll(aliases.keySet());
        return models;
    }
}
