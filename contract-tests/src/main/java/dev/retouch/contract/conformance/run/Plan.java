package dev.retouch.contract.conformance.run;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;

import dev.retouch.contract.conformance.cases.Case;
import dev.retouch.contract.conformance.cases.Cost;

/**
 * The cases of a run, and their approximate cost.
 *
 * @param cases the selected cases, including those that may not run
 * @param paid whether cases that cost money may run
 * @param heavy whether cases with large uploads may run
 */
public record Plan(List<Case> cases, boolean paid, boolean heavy) {

    public Plan {
        cases = List.copyOf(cases);
    }

    /** Why a case must not be run. */
    Optional<String> against(Case each) {
        if (each.heavy() && !heavy) {
            return Optional.of("sends a large upload; say --heavy");
        }
        return each.paid() && !paid ? Optional.of("would cost money; say --paid") : Optional.empty();
    }

    /** How many of these cases may run. */
    public long count(Predicate<Case> which) {
        return cases.stream().filter(each -> !each.heavy() || heavy).filter(which).count();
    }

    /** About what these cases cost together. */
    public Cost cost(Predicate<Case> which) {
        return cases.stream().filter(each -> !each.heavy() || heavy).filter(which).flatMap(each -> each.cost().stream())
                .reduce(Cost.NOTHING, Cost::plus);
    }
}
