package dev.retouch.server.upstream;

import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

import com.fasterxml.jackson.annotation.JsonProperty;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.settings.SettingChecks;

/**
 * The kind of an upstream, and the settings of its wire format. A key that the kind does not have is null.
 *
 * @param kind the upstream kind
 * @param apiVersion the version of Azure's API; null for its {@code /openai/v1} URL
 * @param deployments the names of Azure's deployments, by model ids in the gateway
 * @param tokenFile the file that has a token, which another program renews
 * @param tokenCommand the command that prints a token, with its arguments
 * @param serviceAccountFile the key file of a Google service account
 * @param project the Google Cloud project
 * @param location the Google Cloud location
 * @param maskField the name of the mask's field in a form
 * @param maskMeans which pixels of a mask may change
 * @param imagesField the name of the images' field in a form
 * @param jsonOnly whether every edit is sent as JSON
 * @param askBase64 whether the upstream has to be asked for base64, because its links are of no use
 */
public record WireSettings(String kind, @JsonProperty("api-version") @Nullable String apiVersion,
        Map<String, String> deployments, @JsonProperty("token-file") @Nullable Path tokenFile,
        @JsonProperty("token-command") List<String> tokenCommand,
        @JsonProperty("service-account-file") @Nullable Path serviceAccountFile, @Nullable String project,
        @Nullable String location, @JsonProperty("mask-field") @Nullable String maskField,
        @JsonProperty("mask-means") KindTraits.@Nullable Mask maskMeans,
        @JsonProperty("images-field") @Nullable String imagesField,
        @JsonProperty("json-only") boolean jsonOnly, @JsonProperty("ask-base64") boolean askBase64) {

    /** The kind of an upstream whose entry names none. */
    public static final String OPENAI = "openai";
    /** An upstream in OpenAI's form. */
    public static final WireSettings USUAL = ofKind(OPENAI);

    private static final String FIELD = "[A-Za-z_][A-Za-z0-9_.-]{0,62}(\\[\\])?";

    /** Copies the collections, and validates the values. */
    public WireSettings {
        deployments = deployments == null ? Map.of() : Map.copyOf(deployments);
        tokenCommand = tokenCommand == null ? List.of() : List.copyOf(tokenCommand);
        SettingChecks.check(maskField == null || maskField.matches(FIELD), "mask-field", "must be the name of a field");
        SettingChecks.check(imagesField == null || imagesField.matches(FIELD), "images-field",
                "must be the name of a field");
        SettingChecks.check(project == null || project.matches("[a-z0-9:.-]{1,64}"), "project",
                "must be the id of a project");
        SettingChecks.check(location == null || location.matches("[a-z0-9-]{1,32}"), "location",
                "must be a location such as global or europe-west4");
        SettingChecks.check(apiVersion == null || apiVersion.matches("[A-Za-z0-9.-]{1,40}"), "api-version",
                "must look like 2025-04-01-preview");
        deployments.forEach((model, deployment) -> SettingChecks.check(deployment.matches("[A-Za-z0-9._-]{1,64}"),
                "deployments", "'" + deployment + "' is not the name of a deployment"));
    }

    /** An upstream of a kind, with all other settings omitted. */
    public static WireSettings ofKind(String kind) {
        return new WireSettings(kind, null, Map.of(), null, List.of(), null, null, null, null, null, null, false,
                false);
    }

    /** Whether the key is a token that changes. */
    public boolean hasToken() {
        return tokenFile != null || !tokenCommand.isEmpty() || serviceAccountFile != null;
    }

    /** The base URL of a kind whose entry has none; null if it has to name one. */
    public static @Nullable URI usualUrl(String kind, @Nullable String location) {
        return kind.equals("vertex")
                ? URI.create(location == null || location.equals("global")
                        ? "https://aiplatform.googleapis.com/v1"
                        : "https://" + location + "-aiplatform.googleapis.com/v1")
                : null;
    }
}
