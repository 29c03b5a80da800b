package dev.retouch.server.upstream;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Orders the upstreams of one edit: by priority, and at random by weight within a priority. */
final class WeightedOrder {

    private final RandomGenerator random;

    WeightedOrder(RandomGenerator random) {
        this.random = random;
    }

    List<RoutedUpstream> of(List<RoutedUpstream> candidates) {
        // sorting by u^(1/weight) draws by weight without replacement
        Map<RoutedUpstream, Double> draws = candidates.stream().collect(Collectors.toMap(Function.identity(),
                candidate -> Math.pow(random.nextDouble(), 1.0 / candidate.weight())));
        return candidates.stream().sorted(Comparator.comparingInt(RoutedUpstream::priority)
                .thenComparing(draws::get, Comparator.reverseOrder())).toList();
    }
}
