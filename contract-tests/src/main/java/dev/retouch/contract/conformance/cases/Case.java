package dev.retouch.contract.conformance.cases;

import java.util.List;
import java.util.Optional;

import dev.retouch.contract.conformance.check.Check;
import dev.retouch.contract.conformance.wire.Request;

/**
 * A behaviour of a compatible endpoint.
 *
 * @param row the row of the report
 * @param name its name within the row
 * @param shows what it shows, in a line
 * @param rules the rules of the dialects' own pages that it checks, such as {@code A form-n}
 * @param paid whether a provider charges for the expected response
 * @param heavy whether it uploads so much that it runs only on request
 * @param announcement what the endpoint has to announce, or else the case does not apply to it
 * @param cost the cost of the edit at list prices, even if it should be refused; empty if no edit can result
 */
public record Case(Row row, String name, String shows, List<String> rules, boolean paid, boolean heavy, Request request,
        List<Check> checks, Optional<Announcement> announcement, Optional<Cost> cost) {

    /**
     * A row of the report.
     *
     * @param name such as {@code A} or {@code limits}
     * @param title what it is about
     */
    public record Row(String name, String title) {}

    public Case {
        rules = List.copyOf(rules);
        checks = List.copyOf(checks);
    }

    /** Its name in all rows. */
    public String id() {
        return row.name() + "/" + name;
    }

    /** Whether it can cost something only by the endpoint's mistake. */
    public boolean isRefusal() {
        return !paid && cost.isPresent();
    }
}
