package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;

import dev.retouch.server.fixture.ManualClock;

/** Several scripted upstreams, to be put behind one. */
final class Bench {

    static final Duration REST = Duration.ofSeconds(30);
    static final int REST_AFTER = 4;

    final ManualClock clock = ManualClock.atSomeTime();
    final RecordingObserver observer = new RecordingObserver();
    private final CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
    private final Map<String, ScriptedTries> tries = new LinkedHashMap<>();
    private final List<RoutedUpstream> providers = new ArrayList<>();
    private Optional<RoutedUpstream> sandbox = Optional.empty();
    private RetrySettings rules = new RetrySettings(3, 100, Duration.ofMillis(2), Duration.ofSeconds(5));

    Bench provider(String name, int priority, int weight) {
        providers.add(candidate(name, priority, weight, true));
        return this;
    }

    Bench sandbox() {
        sandbox = Optional.of(candidate("sandbox", 1, 1, false));
        return this;
    }

    Bench rules(RetrySettings other) {
        rules = other;
        return this;
    }

    private RoutedUpstream candidate(String name, int priority, int weight, boolean breakerEnabled) {
        ScriptedTries scripted = new ScriptedTries(name);
        tries.put(name, scripted);
        return new RoutedUpstream(new RoutedUpstream.Place(name, priority, weight, breakerEnabled), scripted,
                _ -> true, new CircuitBreakerSettings(REST_AFTER, REST, clock), breakers);
    }

    ScriptedTries script(String name) {
        ScriptedTries scripted = tries.get(name);
        if (scripted == null) {
            throw new IllegalArgumentException(name);
        }
        return scripted;
    }

    int asked(String name) {
        return script(name).asked();
    }

    UpstreamRegistry upstreams() {
        return new UpstreamRegistry(providers, sandbox, rules, new Random(7), observer);
    }

    static UpstreamRequest edit() {
        return Edits.remote("req_test", Edits.model("gpt-image-2", "gpt-image-2"), "x", Map.of(),
                List.of("http://x"),
                Optional.empty());
    }

    /** Who answered, and the answer read to its end. */
    static String answered(Upstream upstream) {
        try (UpstreamResponse answer = upstream.edit(edit())) {
            answer.body().readAllBytes();
            return answer.requestId().orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
