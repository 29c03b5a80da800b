package dev.retouch.server.observe;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The names of providers in OpenTelemetry's conventions for generative AI, by the hosts of their APIs. */
final class ProviderNames {

    /** The ends of host names, and the names of the providers. */
    private static final List<Map.Entry<String, String>> BY_HOST = List.of(Map.entry("api.openai.com", "openai"),
            Map.entry(".openai.azure.com", "azure.ai.openai"),
            Map.entry(".cognitiveservices.azure.com", "azure.ai.openai"),
            Map.entry("generativelanguage.googleapis.com", "gcp.gemini"),
            Map.entry("aiplatform.googleapis.com", "gcp.vertex_ai"), Map.entry(".amazonaws.com", "aws.bedrock"),
            Map.entry("api.x.ai", "x_ai"));

    private ProviderNames() {}

    /**
     * Returns the name of the provider at a URL.
     *
     * @param other the name for a host that is not known
     */
    static String of(URI url, String other) {
        String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
        return BY_HOST.stream().filter(known -> host.endsWith(known.getKey())).map(Map.Entry::getValue)
                .findFirst().orElse(other);
    }
}
