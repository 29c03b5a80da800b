package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.catalog.CatalogInUse;
import dev.retouch.server.catalog.CatalogKind;
import dev.retouch.server.catalog.CatalogVersion;
import dev.retouch.server.catalog.KeyReferenceRules;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.moderation.LocalRules;
import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.NearestName;
import dev.retouch.server.settings.SettingsFile;

/**
 * The documents of models, upstreams and moderation rules that are in use: stored documents, and files where none is stored. Reads and
 * validates them, and connects nothing.
 */
public final class CatalogSources {

    private final Configuration configuration;
    private final Map<CatalogKind, SettingsFile> documents = new EnumMap<>(CatalogKind.class);
    private final Map<CatalogKind, Long> versions = new EnumMap<>(CatalogKind.class);
    private final Map<CatalogKind, Long> stored = new EnumMap<>(CatalogKind.class);

    /**
     * Reads the files of the kinds that have no stored document.
     *
     * @param stored the newest stored version of each kind that has one
     * @throws ConfigurationException if a file cannot be read, or if a stored document refers to what it may not refer to
     */
    CatalogSources(Configuration configuration, Map<CatalogKind, CatalogVersion> stored) {
        this.configuration = configuration;
        stored.forEach((kind, version) -> this.stored.put(kind, version.version()));
        read(CatalogKind.MODELS, configuration.modelsFile(), stored);
        read(CatalogKind.UPSTREAMS, configuration.upstreamsFile(), stored);
        read(CatalogKind.RULES, configuration.moderation().rulesFile(), stored);
    }

    /**
     * Files that are valid together.
     *
     * @param models number of models, shipped models included
     * @param entries the content of the file of each kind; empty without a file
     */
    public record CheckedFiles(int models, Map<CatalogKind, ObjectNode> entries) {}

    /**
     * Reads the files of a configuration and validates them: models, upstreams with their keys, and moderation rules.
     *
     * @throws ConfigurationException if a file is invalid; the message names its place
     */
    public static CheckedFiles checkedFiles(Configuration configuration, Map<String, String> environment) {
        CatalogSources files = new CatalogSources(configuration, Map.of());
        ModelRegistry models = files.models();
        files.upstreams(models, environment);
        files.rules();
        Map<CatalogKind, ObjectNode> entries = new EnumMap<>(CatalogKind.class);
        for (CatalogKind kind : CatalogKind.values()) {
            entries.put(kind, files.inUse(kind).document());
        }
        return new CheckedFiles(models.all().size(), entries);
    }

    private void read(CatalogKind kind, @Nullable Path file, Map<CatalogKind, CatalogVersion> stored) {
        CatalogVersion version = configuration.catalog().stored() ? stored.get(kind) : null;
        if (version != null && version.document() != null) {
            SettingsFile document = parsed(kind, version.version(), version.document());
            if (kind == CatalogKind.UPSTREAMS) {
                new KeyReferenceRules(configuration.catalog().keyEnvPrefix(), configuration.catalog().keyFolder())
                        .check(document);
            }
            documents.put(kind, document);
            versions.put(kind, version.version());
        } else if (file != null) {
            documents.put(kind, SettingsFile.read(file));
        }
    }

    /** Lines of a stored document say nothing to who sent it, so that places are names only. */
    private static SettingsFile parsed(CatalogKind kind, long version, String document) {
        String name = version == 0 ? "the document" : kind.word() + ", version " + version + " of the database";
        try {
            JsonNode tree = new ObjectMapper().readTree(document);
            if (tree instanceof ObjectNode entries) {
                return new SettingsFile(name, entries, Map.of());
            }
            throw new ConfigurationException(name + ": it is not an object");
        } catch (IOException e) {
            throw new ConfigurationException(name + ": it is not JSON");
        }
    }

    /**
     * Reads the models.
     *
     * @throws ConfigurationException if the document is invalid or contradicts the settings
     */
    ModelRegistry models() {
        ModelRegistry registry = document(CatalogKind.MODELS).map(ModelRegistry::shippedAnd)
                .orElseGet(ModelRegistry::shipped);
        String defaultModel = configuration.defaultModel();
        if (registry.find(defaultModel).isEmpty()) {
            throw new ConfigurationException("'default-model': there is no model '" + defaultModel + "'. "
                    + NearestName.suggestion(defaultModel, registry.all().keySet()));
        }
        String currency = configuration.billing().currency();
        registry.all().forEach((id, entry) -> {
            if (!entry.prices().currency().equals(currency)) {
                throw new ConfigurationException("'billing.currency' is " + currency + ", and the model '" + id
                        + "' has prices in " + entry.prices().currency());
            }
        });
        return registry;
    }

    /** Reads the upstreams and their keys. */
    UpstreamWiring upstreams(ModelRegistry models, Map<String, String> environment) {
        return UpstreamWiring.of(configuration, models, environment, document(CatalogKind.UPSTREAMS));
    }

    /**
     * Reads the moderation rules.
     *
     * @throws ConfigurationException if the document is invalid
     */
    LocalRules rules() {
        return document(CatalogKind.RULES).map(LocalRules::of).orElseGet(LocalRules::none);
    }

    /** Returns the names of the upstreams, the sandbox last. */
    Set<String> upstreamNames(ModelRegistry models) {
        return UpstreamWiring.names(configuration, models, document(CatalogKind.UPSTREAMS));
    }

    private Optional<SettingsFile> document(CatalogKind kind) {
        return Optional.ofNullable(documents.get(kind));
    }

    /** Returns the document in use of a kind. */
    CatalogInUse inUse(CatalogKind kind) {
        return new CatalogInUse(versions.getOrDefault(kind, 0L), stored.getOrDefault(kind, 0L),
                document(kind).map(SettingsFile::tree).orElseGet(JsonNodeFactory.instance::objectNode));
    }
}
