package dev.retouch.contract.conformance.cases;

import java.util.List;
import java.util.Optional;

import dev.retouch.contract.conformance.check.Check;
import dev.retouch.contract.conformance.wire.Request;

/**
 * Something that a compatible endpoint does.
 *
 * @param row the row of the report that it belongs to
 * @param name what it is called in its row
 * @param shows what it shows, in a line
 * @param rules the rules of the dialects' own pages that can be seen in it, such as {@code A form-n}
 * @param paid whether a provider charges for the right answer
 * @param heavy whether it sends so much that it only runs when told to
 * @param cost what the edit costs at list prices, also where it should be refused; nothing if no edit could come of it
 */
public record Case(Row row, String name, String shows, List<String> rules, boolean paid, boolean heavy, Request request,
        List<Check> checks, Optional<Cost> cost) {

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
