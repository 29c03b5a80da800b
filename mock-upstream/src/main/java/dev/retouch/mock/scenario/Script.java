package dev.retouch.mock.scenario;

import java.util.List;
import java.util.Optional;

/** The scenarios that apply to one request. */
public record Script(List<Scenario> scenarios) {

    public Script {
        scenarios = List.copyOf(scenarios);
    }

    public static Script none() {
        return new Script(List.of());
    }

    /** The first scenario of a kind. */
    public <S extends Scenario> Optional<S> find(Class<S> kind) {
        return scenarios.stream().filter(kind::isInstance).map(kind::cast).findFirst();
    }

    public <S extends Scenario> boolean has(Class<S> kind) {
        return find(kind).isPresent();
    }

    /** Formats the scenarios as in a request header. */
    public List<String> descriptions() {
        return scenarios.stream().map(ScenarioNames::describe).toList();
    }
}
