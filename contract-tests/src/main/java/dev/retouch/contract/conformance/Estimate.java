package dev.retouch.contract.conformance;

import java.math.RoundingMode;

import dev.retouch.contract.conformance.cases.Case;
import dev.retouch.contract.conformance.cases.Cost;
import dev.retouch.contract.conformance.cases.Prices;
import dev.retouch.contract.conformance.run.Plan;

/** What a run may cost, in words, before it starts. */
record Estimate(Plan plan, Prices prices) {

    String text() {
        long paid = plan.count(Case::paid);
        long refusals = plan.count(Case::isRefusal);
        String list = " at the list prices of " + prices.version();
        StringBuilder text = new StringBuilder();
        if (plan.paid()) {
            text.append(counted(paid, "paid case")).append(" may cost about ").append(money(plan.cost(Case::paid)))
                    .append(list).append("; a sandbox charges nothing.");
        } else {
            text.append(counted(paid, "paid case")).append(paid == 1 ? " is" : " are").append(" not run without --paid;"
                    + " with it they may cost about ").append(money(plan.cost(Case::paid))).append(list).append(".");
        }
        if (refusals > 0) {
            text.append(" ").append(counted(refusals, "refusal")).append(refusals == 1 ? " costs" : " cost")
                    .append(" only where the endpoint edits what it should refuse");
            text.append(plan.paid()
                    ? ", about " + money(new Cost(plan.cost(Case::isRefusal).amount(), true)) + " for all of them."
                    : ", and the first such edit ends them.");
        }
        return text.toString();
    }

    private static String counted(long count, String what) {
        return count + " " + what + (count == 1 ? "" : "s");
    }

    private String money(Cost cost) {
        return cost.amount().setScale(2, RoundingMode.UP) + " " + prices.currency()
                + (cost.known() ? "" : " (models that are not on the list count as the dearest)");
    }
}
