package dev.retouch.contract.pact;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import au.com.dius.pact.provider.junitsupport.State;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.mock.MockUpstream;
import dev.retouch.mock.scenario.Scenario;
import dev.retouch.mock.scenario.ScenarioQueue.Waiting;
import dev.retouch.mock.scenario.Script;

/** Provider states of an upstream, as scenarios of the mock. */
record UpstreamStates(MockUpstream upstream) {

    @State(value = "an edit that is refused", comment = "The next edit is answered with this status, in the usual envelope.")
    @Takes({"status", "type", "code (none)", "retry_after (none)"})
    void anEditThatIsRefused(Map<String, Object> parameters) {
        ObjectNode body = JsonNodeFactory.instance.objectNode();
        body.putObject("error").put("message", "This answer was scripted.")
                .put("type", String.valueOf(parameters.get("type"))).putNull("param")
                .put("code", parameters.get("code") instanceof String code ? code : null);
        Map<String, String> headers = new HashMap<>();
        if (parameters.get("retry_after") instanceof Number seconds) {
            headers.put("retry-after", Long.toString(seconds.longValue()));
        }
        int status = Integer.parseInt(String.valueOf(parameters.get("status")));
        script(Asked.EDITS, new Scenario.Status(status, Optional.of(body.toString()), "application/json", headers));
    }

    @State(value = "flagged words", comment = "The next moderation flags these words under this category.")
    @Takes({"words", "category (violence)"})
    void flaggedWords(Map<String, Object> parameters) {
        script("/v1/moderations", new Scenario.Flag(Optional.of(String.valueOf(parameters.get("words"))),
                Optional.empty(), String.valueOf(parameters.getOrDefault("category", "violence"))));
    }

    private void script(String path, Scenario scenario) {
        upstream.scenarios().add(new Waiting(new Script(List.of(scenario)), Optional.of(path), Optional.of(1)));
    }
}
