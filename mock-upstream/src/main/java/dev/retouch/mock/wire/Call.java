package dev.retouch.mock.wire;

import java.util.Map;

import dev.retouch.mock.intake.RequestBody;
import dev.retouch.mock.intake.Workspace;
import dev.retouch.mock.scenario.Script;

/** A request as an endpoint sees it: read to its end, with a folder of its own that goes when the answer is out. */
public record Call(String origin, Map<String, String> variables, RequestBody body, Workspace workspace,
        Script script) {

    public Call {
        variables = Map.copyOf(variables);
    }

    /** A variable of the route, such as the id in {@code /v1/models/{id}}. */
    public String variable(String name) {
        String value = variables.get(name);
        if (value == null) {
            throw new IllegalArgumentException("the route has no variable " + name);
        }
        return value;
    }
}
