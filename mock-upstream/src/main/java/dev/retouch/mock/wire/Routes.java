package dev.retouch.mock.wire;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

import dev.retouch.mock.error.ProviderErrors;

/** Maps methods and paths to endpoints. */
public final class Routes {

    private record Route(String method, List<String> segments, Endpoint endpoint) {

        Optional<Map<String, String>> match(List<String> path) {
            if (path.size() != segments.size()) {
                return Optional.empty();
            }
            Map<String, String> variables = new LinkedHashMap<>();
            for (int i = 0; i < path.size(); i++) {
                String segment = segments.get(i);
                if (segment.startsWith("{")) {
                    variables.put(segment.substring(1, segment.length() - 1), path.get(i));
                } else if (!segment.equals(path.get(i))) {
                    return Optional.empty();
                }
            }
            return Optional.of(variables);
        }
    }

    /** An endpoint and the variables in its path. */
    record Match(Endpoint endpoint, Map<String, String> variables) {}

    private final List<Route> routes = new ArrayList<>();

    /** Variables are whole segments in braces: {@code /v1/models/{model}}. */
    public Routes on(String method, String path, Endpoint endpoint) {
        routes.add(new Route(method, segments(path), endpoint));
        return this;
    }

    private static List<String> segments(String path) {
        return List.of(path.split("/", -1));
    }

    Match find(String method, String path) {
        List<String> segments = segments(path);
        TreeSet<String> allowed = new TreeSet<>();
        for (Route route : routes) {
            Optional<Map<String, String>> variables = route.match(segments);
            if (variables.isPresent() && route.method().equals(method)) {
                return new Match(route.endpoint(), variables.get());
            }
            variables.ifPresent(_ -> allowed.add(route.method()));
        }
        if (allowed.isEmpty()) {
            throw ProviderErrors.notFound(method, path);
        }
        throw ProviderErrors.wrongMethod(method, path, String.join(", ", allowed));
    }
}
