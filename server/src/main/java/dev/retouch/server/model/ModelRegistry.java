package dev.retouch.server.model;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.config.ConfigurationException;
import dev.retouch.server.config.SettingsFile;

/**
 * Every model that the gateway knows, read once: the shipped data file, and over it the operator's own. A mistake in
 * either stops the start with its file, line and reason.
 */
public final class ModelRegistry {

    private final Map<String, ModelEntry> entries;
    private final Map<String, String> aliases;

    ModelRegistry(Map<String, ModelEntry> entries, Map<String, String> aliases) {
        this.entries = Collections.unmodifiableMap(entries);
        this.aliases = Map.copyOf(aliases);
    }

    /** The models that come with the gateway. */
    public static ModelRegistry shipped() {
        return read(List.of(shippedFile()));
    }

    /** The models that come with the gateway, and those of an operator's file beside and over them. */
    public static ModelRegistry shippedAnd(Path file) {
        try {
            return read(List.of(shippedFile(), SettingsFile.read(file.toString(), Files.readAllBytes(file))));
        } catch (IOException e) {
            throw new ConfigurationException(file + ": cannot be read: " + e.getMessage());
        }
    }

    static ModelRegistry read(List<SettingsFile> files) {
        ModelFile models = new ModelFile();
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

    /** The entry of a model's id or alias. */
    public Optional<ModelEntry> find(String model) {
        return Optional.ofNullable(entries.get(model));
    }

    /** The id of a model, by its id or alias. */
    public String idOf(String model) {
        return aliases.getOrDefault(model, model);
    }

    /** Every entry by its id, in the order of the files; aliases are not among them. */
    public Map<String, ModelEntry> all() {
        Map<String, ModelEntry> models = new LinkedHashMap<>(entries);
        models.keySet().removeAll(aliases.keySet());
        return models;
    }
}
