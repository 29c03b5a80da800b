package dev.retouch.mock.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.error.ApiErrorException;
import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.intake.RequestBody;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.ScenarioNames;
import dev.retouch.mock.scenario.ScenarioQueue;
import dev.retouch.mock.scenario.ScenarioQueue.Waiting;
import dev.retouch.mock.scenario.Script;
import dev.retouch.mock.scenario.UnknownScenarioException;

/**
 * {@code /mock/scenarios}: scripts the scenarios of the next requests.
 *
 * <p>{@code {"scenario": "delay; ms=200, status; code=503", "times": 3, "path": "/v1/images/edits"}}, or
 * {@code {"scenarios": [{"name": "delay", "ms": 200}]}}. Without {@code times} the next request; {@code "times": "until-cleared"} for all.
 */
public final class ScenarioEndpoint {

    private static final String UNTIL_CLEARED = "until-cleared";
    private static final Set<String> MEMBERS = Set.of("scenario", "scenarios", "times", "path");

    private final ScenarioQueue queue;
    private final JsonNodeFactory nodes = JsonNodeFactory.instance;

    public ScenarioEndpoint(ScenarioQueue queue) {
        this.queue = queue;
    }

    public Answer show(EndpointRequest call) {
        ObjectNode page = nodes.objectNode();
        ArrayNode waiting = page.putArray("waiting");
        for (Waiting entry : queue.waiting()) {
            ObjectNode node = waiting.addObject();
            ArrayNode scenarios = node.putArray("scenarios");
            entry.script().descriptions().forEach(scenarios::add);
            entry.path().ifPresent(path -> node.put("path", path));
            entry.times().ifPresentOrElse(times -> node.put("times", times), () -> node.put("times", UNTIL_CLEARED));
        }
        ArrayNode known = page.putArray("known");
        ScenarioNames.all().forEach(known::add);
        return Answer.json(page);
    }

    public Answer add(EndpointRequest call) {
        if (!(call.body() instanceof RequestBody.Json(JsonNode document)) || !document.isObject()) {
            throw refused("Expected a JSON object with 'scenario' or 'scenarios'.", null);
        }
        document.fieldNames().forEachRemaining(name -> {
            if (!MEMBERS.contains(name)) {
                throw ProviderErrors.unknownParameter(name);
            }
        });
        Optional<String> path = Optional.ofNullable(document.path("path").textValue());
        queue.add(new Waiting(new Script(scenarios(document)), path, times(document.path("times"))));
        return show(call);
    }

    public Answer clear(EndpointRequest call) {
        queue.clear();
        return show(call);
    }

    private static List<Scenario> scenarios(JsonNode document) {
        List<Scenario> scenarios = new ArrayList<>();
        try {
            if (document.has("scenario")) {
                scenarios.addAll(ScenarioNames.parse(document.path("scenario").asText()));
            }
            for (JsonNode each : document.path("scenarios")) {
                Map<String, String> settings = new LinkedHashMap<>();
                each.properties().forEach(member -> settings.put(member.getKey(), member.getValue().asText()));
                String name = settings.remove("name");
                scenarios.add(ScenarioNames.of(name == null ? "" : name, settings));
            }
        } catch (UnknownScenarioException e) {
            throw refused(String.valueOf(e.getMessage()), "scenario");
        }
        if (scenarios.isEmpty()) {
            throw refused("There is no scenario in it. Known scenarios are: " + String.join(", ", ScenarioNames.all())
                    + ".", "scenario");
        }
        return scenarios;
    }

    private static Optional<Integer> times(JsonNode times) {
        if (times.isMissingNode()) {
            return Optional.of(1);
        }
        if (UNTIL_CLEARED.equals(times.textValue())) {
            return Optional.empty();
        }
        if (!times.canConvertToInt() || times.intValue() < 1) {
            throw refused("'times' must be a number from 1, or '" + UNTIL_CLEARED + "'.", "times");
        }
        return Optional.of(times.intValue());
    }

    private static ApiErrorException refused(String sentence, @org.jspecify.annotations.Nullable String param) {
        return ProviderErrors.badRequest(sentence, param, "unknown_scenario");
    }
}
