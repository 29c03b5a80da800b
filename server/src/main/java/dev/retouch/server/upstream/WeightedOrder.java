package dev.retouch.server.upstream;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** The order in which upstreams are asked for one edit: by priority, and by chance among equals, the heavier ones more often. */
final class WeightedOrder {

    private final RandomGenerator random;

    WeightedOrder(RandomGenerator random) {
        this.random = random;
    }

    List<Candidate> of(List<Candidate> candidates) {
        // drawn without putting back, which sorting by u^(1/weight) does at once
        Map<Candidate, Double> draws = candidates.stream().collect(Collectors.toMap(Function.identity(),
                candidate -> Math.pow(random.nextDouble(), 1.0 / candidate.weight())));
        return candidates.stream().sorted(Comparator.comparingInt(Candidate::priority)
                .thenComparing(draws::get, Comparator.reverseOrder())).toList();
    }
}
