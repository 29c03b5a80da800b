package dev.retouch.server.upstream;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * The upstreams by their names. A group names the ones that serve it; one that names none is served by every provider, and by the
 * sandbox where there is none.
 */
public final class Upstreams {

    private final Map<String, Candidate> byName = new LinkedHashMap<>();
    private final List<Candidate> usual;
    private final WeightedOrder order;
    private final RetryRules rules;
    private final RetryBudget budget;
    private final UpstreamObserver observer;

    /**
     * These upstreams.
     *
     * @param providers the configured ones, in order
     * @param sandbox the built-in one, where it serves
     * @param rules how much is done for an edit that failed without having run
     * @param random chooses among upstreams of the same priority
     * @param observer is told what becomes of edits
     */
    public Upstreams(List<Candidate> providers, Optional<Candidate> sandbox, RetryRules rules, RandomGenerator random,
            UpstreamObserver observer) {
        providers.forEach(provider -> byName.put(provider.name(), provider));
        sandbox.ifPresent(candidate -> byName.put(candidate.name(), candidate));
        if (byName.isEmpty()) {
            throw new IllegalArgumentException("no upstream");
        }
        this.usual = providers.isEmpty() ? List.copyOf(byName.values()) : List.copyOf(providers);
        this.order = new WeightedOrder(random);
        this.rules = rules;
        this.budget = new RetryBudget(rules.budgetPercent());
        this.observer = observer;
    }

    /** The name of the upstream that comes first for whoever names these. */
    public String chosen(List<String> wanted) {
        return candidates(wanted).stream().min(Comparator.comparingInt(Candidate::priority)).orElseThrow().name();
    }

    /** The upstreams for whoever names these, behind one that chooses among them for each edit. */
    public Upstream serving(List<String> wanted) {
        return new FailoverUpstream(candidates(wanted), order, rules, budget, observer);
    }

    /** How each of them stands: {@code ok}, {@code open} or {@code half-open}. */
    public Map<String, String> states() {
        Map<String, String> states = new LinkedHashMap<>();
        byName.forEach((name, candidate) -> states.put(name, candidate.state()));
        return states;
    }

    /** Those that are meant; one that is configured no more is passed over. */
    private List<Candidate> candidates(List<String> wanted) {
        if (wanted.isEmpty()) {
            return usual;
        }
        List<Candidate> found = new ArrayList<>();
        wanted.stream().distinct().filter(byName::containsKey).forEach(name -> found.add(byName.get(name)));
        if (found.isEmpty()) {
            throw new ApiException(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
        }
        return found;
    }
}
