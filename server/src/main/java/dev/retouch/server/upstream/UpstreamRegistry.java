package dev.retouch.server.upstream;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.upstream.Shortfall.Degree;

/**
 * Holds the upstreams by name. A group is served by the upstreams that it names. If it names none, all providers serve it, or the
 * sandbox if there is no provider.
 */
public final class UpstreamRegistry {

    private final Map<String, RoutedUpstream> byName = new LinkedHashMap<>();
    private final List<RoutedUpstream> usual;
    private final WeightedOrder order;
    private final RetryRules rules;
    private final UpstreamObserver observer;

    /**
     * A registry of these upstreams; at least one.
     *
     * @param providers the configured upstreams, in order
     * @param sandbox the embedded mock upstream, if it is enabled
     * @param rules bounds of retries and failover
     * @param random orders upstreams of the same priority
     * @param observer receives the events of attempts
     */
    public UpstreamRegistry(List<RoutedUpstream> providers, Optional<RoutedUpstream> sandbox, RetrySettings rules,
            RandomGenerator random,
            UpstreamObserver observer) {
        providers.forEach(provider -> byName.put(provider.name(), provider));
        sandbox.ifPresent(candidate -> byName.put(candidate.name(), candidate));
        if (byName.isEmpty()) {
            throw new IllegalArgumentException("no upstream");
        }
        this.usual = providers.isEmpty() ? List.copyOf(byName.values()) : List.copyOf(providers);
        this.order = new WeightedOrder(random);
        this.rules = RetryRules.of(rules);
        this.observer = observer;
    }

    /** The name of the upstream with the highest priority for a group that names these. */
    public String primaryName(List<String> wanted) {
        return candidates(wanted).stream().min(Comparator.comparingInt(RoutedUpstream::priority)).orElseThrow().name();
    }

    /**
     * The upstreams that run a single edit, as one upstream. Those that can run it as requested; if there are none, those that can run
     * it without what they cannot do, if the policy allows that.
     *
     * @param wanted the upstreams that the group names
     * @param edit the edit
     * @param demand what may differ from the request
     * @param observed receives the events of the edit's attempts too
     * @throws ApiException if no upstream serves the model or can run the edit
     */
    public Upstream forEdit(List<String> wanted, UpstreamRequest edit, Demand demand, UpstreamObserver observed) {
        return new FailoverUpstream(able(wanted, edit, demand), order, rules, observer.and(observed));
    }

    /** Whether every upstream that serves a model fetches input images by URL. */
    public boolean takeUrls(List<String> wanted, ModelName model) {
        return serving(wanted, model).stream().allMatch(upstream -> upstream.takesUrls(model));
    }

    /** Whether one of these upstreams serves a model; none of them may exist any more. */
    public boolean serve(List<String> wanted, ModelName model) {
        return existing(wanted).anyMatch(upstream -> upstream.serves(model));
    }

    /** What the gateway adds to those of these upstreams that serve a model; nothing if none does. */
    public GatewayAdditions additions(List<String> wanted, ModelName model) {
        return GatewayAdditions.of(existing(wanted).filter(upstream -> upstream.serves(model))
                .map(upstream -> upstream.traits(model)).toList());
    }

    private Stream<RoutedUpstream> existing(List<String> wanted) {
        return wanted.isEmpty() ? usual.stream() : wanted.stream().filter(byName::containsKey).map(byName::get);
    }

    /** Whether one of these upstreams serves a model and takes masks, or takes none. */
    public boolean serve(List<String> wanted, ModelName model, MaskUse masks) {
        return existing(wanted).anyMatch(upstream -> upstream.serves(model) && masks.includes(upstream.traits(model)));
    }

    /** Which upstreams of a model an edit can use. */
    public enum MaskUse {
        /** All of them. */
        ANY,
        /** Those that take masks. */
        TAKEN,
        /** Those that do not. */
        NOT_TAKEN;

        private boolean includes(KindTraits traits) {
            return this == ANY || (this == TAKEN) == (traits.mask() != KindTraits.Mask.NONE);
        }
    }

    /**
     * What may differ from the request.
     *
     * @param unsupported what happens if no upstream can run the edit as requested
     * @param exact whether nearly the same is not enough
     * @param masks which upstreams can be used
     */
    public record Demand(UnsupportedPolicy unsupported, boolean exact, MaskUse masks) {

        /** The same, but what no upstream can do is refused. */
        public Demand refusing() {
            return new Demand(UnsupportedPolicy.REFUSE, exact, masks);
        }

        /** The same at other upstreams. */
        public Demand at(MaskUse others) {
            return new Demand(unsupported, exact, others);
        }
    }

    private List<RoutedUpstream> serving(List<String> wanted, ModelName model) {
        List<RoutedUpstream> serving = candidates(wanted).stream().filter(upstream -> upstream.serves(model)).toList();
        if (serving.isEmpty()) {
            throw notServed(model);
        }
        return serving;
    }

    /** The error for an edit whose model no upstream serves. */
    public ApiException notServed(ModelName model) {
        return new ApiException(ErrorMessage.MODEL_IS_NOT_SERVED).withArgument("model", model.id());
    }

    /** An upstream, and the edit as it can take it. */
    private record Able(RoutedUpstream upstream, FittedEdit fitted) {

        boolean isFaithful(Demand demand) {
            return fitted.shortfalls().stream()
                    .allMatch(missing -> !demand.exact() && missing.degree() == Degree.APPROXIMATE);
        }

        boolean isPossible() {
            return fitted.degree().orElse(Degree.APPROXIMATE) != Degree.IMPOSSIBLE;
        }
    }

    private List<RoutedUpstream> able(List<String> wanted, UpstreamRequest edit, Demand demand) {
        List<Able> fitted = serving(wanted, edit.model()).stream()
                .filter(upstream -> demand.masks().includes(upstream.traits(edit.model())))
                .map(upstream -> new Able(upstream, upstream.fit(edit))).toList();
        List<Able> able = fitted.stream().filter(candidate -> candidate.isFaithful(demand)).toList();
        if (able.isEmpty() && demand.unsupported() == UnsupportedPolicy.WARN) {
            able = fitted.stream().filter(Able::isPossible).toList();
        }
        if (able.isEmpty()) {
            throw refusal(fitted.stream().min(Comparator.comparingInt(candidate -> candidate.upstream().priority()))
                    .orElseThrow().fitted());
        }
        return able.stream().map(Able::upstream).toList();
    }

    private static ApiException refusal(FittedEdit fitted) {
        Shortfall worst = fitted.shortfalls().stream().max(Comparator.comparing(Shortfall::degree)).orElseThrow();
        return new ApiException(ErrorMessage.PARAMETER_IS_NOT_FOR_UPSTREAM, worst.parameter()).withArgument("reason",
                worst.reason());
    }

    /** The upstream of a name. */
    public Optional<RoutedUpstream> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /** Whether an upstream serves groups that name no upstreams. */
    public boolean servesByDefault(String name) {
        return usual.stream().anyMatch(upstream -> upstream.name().equals(name));
    }

    /** The names of the upstreams, the sandbox last. */
    public Set<String> names() {
        return Collections.unmodifiableSet(byName.keySet());
    }

    /** The state of each circuit breaker by upstream: {@code ok}, {@code open} or {@code half-open}. */
    public Map<String, String> breakerStates() {
        Map<String, String> states = new LinkedHashMap<>();
        byName.forEach((name, candidate) -> states.put(name, candidate.state()));
        return states;
    }

    /** The current state of each upstream, in the order of the configuration. */
    public List<UpstreamState> states() {
        return byName.values().stream().map(RoutedUpstream::snapshot).toList();
    }

    /** The upstreams of these names. Names that are no longer configured are skipped. */
    private List<RoutedUpstream> candidates(List<String> wanted) {
        if (wanted.isEmpty()) {
            return usual;
        }
        List<RoutedUpstream> found = new ArrayList<>();
        wanted.stream().distinct().filter(byName::containsKey).forEach(name -> found.add(byName.get(name)));
        if (found.isEmpty()) {
            throw new ApiException(ErrorMessage.UPSTREAM_IS_UNREACHABLE);
        }
        return found;
    }
}
