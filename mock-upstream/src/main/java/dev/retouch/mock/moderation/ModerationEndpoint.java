package dev.retouch.mock.moderation;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.RequestBody;
import dev.retouch.mock.model.Models;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.Scenario.Flag;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.Endpoint;
import dev.retouch.mock.wire.EndpointRequest;

/** {@code POST /v1/moderations} in OpenAI's shape. */
public final class ModerationEndpoint implements Endpoint {

    private static final List<String> CATEGORIES = List.of("harassment", "harassment/threatening", "hate",
            "hate/threatening", "illicit", "illicit/violent", "self-harm", "self-harm/instructions",
            "self-harm/intent", "sexual", "sexual/minors", "violence", "violence/graphic");
    private static final Set<String> MEMBERS = Set.of("input", "model");
    private static final double CERTAIN = 0.98;
    private static final double UNLIKELY = 0.0001;

    private final Models models;
    private final String marker;
    private final JsonNodeFactory nodes = JsonNodeFactory.instance;

    /** Flags a text that contains the marker, without a scenario. */
    public ModerationEndpoint(Models models, String marker) {
        this.models = models;
        this.marker = marker;
    }

    @Override
    public Answer answer(EndpointRequest call) {
        if (!(call.body() instanceof RequestBody.Json(JsonNode document)) || !document.isObject()) {
            throw ProviderErrors.unsupportedMediaType("", "'application/json'");
        }
        document.fieldNames().forEachRemaining(name -> {
            if (!MEMBERS.contains(name)) {
                throw ProviderErrors.unknownParameter(name);
            }
        });
        String model = document.path("model").asText(models.moderation().getFirst());
        if (!models.moderation().contains(model)) {
            throw ProviderErrors.modelNotFound(model);
        }
        List<Flag> flags = flags(call);
        ObjectNode answer = nodes.objectNode();
        answer.put("id", "modr-" + UUID.randomUUID()).put("model", model);
        ArrayNode results = answer.putArray("results");
        ModerationInput.read(document.path("input")).forEach(input -> results.add(result(input, flags)));
        return Answer.json(answer);
    }

    private List<Flag> flags(EndpointRequest call) {
        List<Flag> flags = new ArrayList<>();
        flags.add(new Flag(Optional.of(marker), Optional.empty(), "violence"));
        for (Scenario scenario : call.script().scenarios()) {
            if (scenario instanceof Flag flag) {
                flags.add(flag);
            }
        }
        return flags;
    }

    private ObjectNode result(ModerationInput input, List<Flag> flags) {
        List<String> flagged = flags.stream().filter(flag -> applies(flag, input)).map(Flag::category).toList();
        ObjectNode result = nodes.objectNode().put("flagged", !flagged.isEmpty());
        ObjectNode categories = result.putObject("categories");
        ObjectNode scores = result.putObject("category_scores");
        ObjectNode appliedTypes = result.putObject("category_applied_input_types");
        for (String category : CATEGORIES) {
            boolean hit = flagged.contains(category);
            categories.put(category, hit);
            scores.put(category, hit ? CERTAIN : UNLIKELY);
            ArrayNode types = appliedTypes.putArray(category);
            input.types().forEach(types::add);
        }
        return result;
    }

    private static boolean applies(Flag flag, ModerationInput input) {
        if (flag.containing().isEmpty() && flag.imageSha256().isEmpty()) {
            return true;
        }
        boolean words = flag.containing().map(text -> text.toLowerCase(Locale.ROOT))
                .filter(text -> input.texts().stream().anyMatch(each -> each.toLowerCase(Locale.ROOT).contains(text)))
                .isPresent();
        return words || flag.imageSha256().filter(input.imageSha256s()::contains).isPresent();
    }
}
