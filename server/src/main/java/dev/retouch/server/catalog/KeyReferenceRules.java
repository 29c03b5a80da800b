package dev.retouch.server.catalog;

import java.net.URI;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.settings.SettingsFile;

/**
 * What a stored document of upstreams may refer to. The admin token stores documents, and an upstream gets what its {@code key-env} or
 * {@code key-file} refers to: without these rules the token would read every variable and file of the gateway.
 *
 * @param variablePrefix beginning of the environment variables that {@code …-env} may name
 * @param folder the folder of the files that {@code …-file} may name; null for none
 */
public record KeyReferenceRules(String variablePrefix, @Nullable Path folder) {

    private static final List<String> KEY_SOURCES = List.of("key-env", "key-file", "token-file",
            "service-account-file");
    private static final Pattern SECRET = Pattern
            .compile("(?i)(^|&)[a-z_-]*(key|token|secret|sig|signature|password)=");

    /**
     * Checks the entries of a document.
     *
     * @throws ConfigurationException if an entry refers to another variable or file, or if a URL has a secret
     */
    public void check(SettingsFile document) {
        for (Map.Entry<String, JsonNode> upstream : document.tree().properties()) {
            String pointer = "/" + upstream.getKey();
            if (usesTokenOfMachine(upstream.getValue())) {
                throw new ConfigurationException(document.place(pointer) + ": the upstream '" + upstream.getKey()
                        + "': a stored document may not use the token of this machine; name a key with key-env, or a file with "
                        + "service-account-file");
            }
            check(document, upstream.getKey(), pointer, upstream.getValue());
        }
    }

    /** Whether an upstream would get the token that the metadata server gives to this machine. */
    private static boolean usesTokenOfMachine(JsonNode entry) {
        return entry.path("kind").asText().equals("vertex")
                && KEY_SOURCES.stream().allMatch(source -> isAbsent(entry.path(source)));
    }

    private void check(SettingsFile document, String upstream, String pointer, JsonNode entry) {
        for (Map.Entry<String, JsonNode> property : entry.properties()) {
            String place = pointer + "/" + property.getKey();
            String mistake = isAbsent(property.getValue()) ? null : mistake(property.getKey(), property.getValue());
            if (mistake != null) {
                throw new ConfigurationException(document.place(place) + ": the upstream '" + upstream + "': '"
                        + property.getKey() + "': " + mistake);
            }
            check(document, upstream, place, property.getValue());
        }
    }

    private static boolean isAbsent(JsonNode value) {
        return value.isMissingNode() || value.isNull()
                || (value.isValueNode() ? value.asText().isEmpty() : value.isEmpty());
    }

    private @Nullable String mistake(String property, JsonNode given) {
        if (property.endsWith("-command")) {
            return "a stored document may not name a command; name it in the upstreams file";
        }
        String value = given.asText("");
        if (property.endsWith("-env") && !value.startsWith(variablePrefix)) {
            return "a stored document may only name variables that start with " + variablePrefix;
        }
        if (property.endsWith("-file") && !isInFolder(value)) {
            return folder == null
                    ? "a stored document may name no file unless the gateway has a catalog.key-folder"
                    : "a stored document may only name files in " + folder;
        }
        if (property.equals("url") && hasSecret(value)) {
            return "it has a secret in its query; name the key by key-env or key-file";
        }
        return null;
    }

    private boolean isInFolder(String file) {
        if (folder == null) {
            return false;
        }
        try {
            Path path = Path.of(file).toAbsolutePath().normalize();
            Path allowed = folder.toAbsolutePath().normalize();
            return path.startsWith(allowed) && !path.equals(allowed);
        } catch (InvalidPathException e) {
            return false;
        }
    }

    private static boolean hasSecret(String url) {
        try {
            String query = URI.create(url).getRawQuery();
            return query != null && SECRET.matcher(query).find();
        } catch (IllegalArgumentException e) {
            return false; // the reader of upstreams refuses it
        }
    }
}
