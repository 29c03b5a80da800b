package dev.retouch.server.upstream;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

import dev.retouch.server.model.AspectRule;
import dev.retouch.server.model.ModelEntry;

/**
 * The names of a model, and what upstreams have to know about it.
 *
 * @param id its id in the gateway
 * @param usual its usual name at upstreams, used unless the upstream's settings or its kind name another
 * @param kinds the upstream kinds that serve it, with their names for it; empty if it is served in OpenAI's form
 * @param aspect its shapes, if it takes proportions instead of pixels
 */
public record ModelName(String id, String usual, Map<String, String> kinds, Optional<AspectRule> aspect) {

    /** The kinds that serve a model whose entry names none. */
    private static final Set<String> OPENAI_KINDS = Set.of("openai", "azure");

    /** Copies the kinds. */
    public ModelName {
        kinds = Map.copyOf(kinds);
    }

    /** The name of a model of the registry. */
    public static ModelName of(String id, String usual, ModelEntry entry) {
        Map<String, String> kinds = entry.kinds();
        return new ModelName(id, usual, kinds == null ? Map.of() : kinds, Optional.ofNullable(entry.aspect()));
    }

    /** Whether upstreams of this kind serve the model, unless their settings say otherwise. */
    boolean isServedBy(String kind) {
        return kinds.isEmpty() ? OPENAI_KINDS.contains(kind) : kinds.containsKey(kind);
    }

    /** The name of the model at an upstream. */
    public String at(UpstreamSettings upstream) {
        String named = upstream.models().get(id);
        return named == null ? kinds.getOrDefault(upstream.wire().kind(), usual) : named;
    }
}
