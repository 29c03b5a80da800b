package dev.retouch.server.billing;

import java.time.Clock;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

import org.jdbi.v3.core.Handle;

import dev.retouch.server.billing.LedgerRequestTables.Booked;
import dev.retouch.server.database.Database;

/**
 * Adds amounts to budgets, and withdraws them. A request with an id is booked once: after a failure whose effect is unknown, such as a
 * {@link dev.retouch.server.database.DatabaseUnavailableException}, its client repeats it with the same id.
 */
public final class FundingService {

    /** The operation of a request that changes a budget. */
    private static final String FUND = "fund";

    private final Database database;
    private final LedgerTables books;
    private final LedgerRequestTables requests;

    /** Books in this database. */
    public FundingService(Database database, Clock clock) {
        this.database = database;
        this.books = new LedgerTables(clock);
        this.requests = new LedgerRequestTables(clock);
    }

    /**
     * The result of a request.
     *
     * @param budget the budget after the request was booked
     * @param replayed whether an earlier request with the same id was booked, and this one was not
     */
    public record Funded(Budget budget, boolean replayed) {}

    /**
     * Adds an amount to an owner's budget, or withdraws it if it is negative. The owner is limited afterwards.
     *
     * @param id the client's id of the request; empty if it is booked each time
     * @throws RequestReusedException if the id was used for another request
     * @throws ArithmeticException if the budget would exceed what the ledger can hold
     */
    public Funded fund(Optional<String> id, String owner, Money amount, String note) {
        if (amount.isZero()) {
            throw new IllegalArgumentException("the amount must not be zero");
        }
        return database.write(handle -> {
            Optional<Booked> booked = id.flatMap(
                    name -> requests.take(handle, new LedgerRequest(name, FUND, owner, amount, note)));
            if (booked.isPresent()) {
                return new Funded(Objects.requireNonNull(booked.get().budget()), true);
            }
            Budget budget = book(handle, owner, amount, note);
            id.ifPresent(name -> requests.answer(handle, name, budget));
            return new Funded(budget, false);
        });
    }

    private Budget book(Handle handle, String owner, Money amount, String note) {
        books.fund(handle, owner, amount, note);
        return books.lockBudgets(handle, List.of(owner)).getFirst();
    }
}
