package dev.retouch.mock.wire;

import java.util.Map;

import dev.retouch.mock.intake.RequestBody;
import dev.retouch.mock.intake.TempDirectory;
import dev.retouch.mock.scenario.Script;

/** A request with its complete body, and a folder that is deleted after the response. */
public record EndpointRequest(String origin, Map<String, String> variables, String query, RequestBody body,
        TempDirectory workspace,
        Script script) {

    public EndpointRequest {
        variables = Map.copyOf(variables);
    }

    /** The same request with another body. */
    public EndpointRequest withBody(RequestBody other) {
        return new EndpointRequest(origin, variables, query, other, workspace, script);
    }

    /** The first value of a parameter of the query, still percent-encoded; empty if there is none. */
    public String parameter(String name) {
        for (String pair : query.split("&", -1)) {
            if (pair.startsWith(name + "=")) {
                return pair.substring(name.length() + 1);
            }
        }
        return "";
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
