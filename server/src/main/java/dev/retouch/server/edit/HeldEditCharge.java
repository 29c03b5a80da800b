package dev.retouch.server.edit;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.answer.EditCharge;
import dev.retouch.server.billing.DeferredSettlement;
import dev.retouch.server.billing.DeliveredUsage;
import dev.retouch.server.billing.EditEnd;
import dev.retouch.server.billing.HoldPolicy;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.Money;
import dev.retouch.server.database.Database.Work;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.edit.EditBilling.PricedRoute;
import dev.retouch.server.exchange.DurableEdit;
import dev.retouch.server.exchange.EditRecord;
import dev.retouch.server.exchange.EditRecord.Phase;
import dev.retouch.server.exchange.PendingCharge;
import dev.retouch.server.price.Charge;
import dev.retouch.server.price.Pricing;
import dev.retouch.server.price.ReportedUsage;

/**
 * The charge of an edit whose money is held in the ledger. The price is worked out before the end is recorded: a figure that cannot be
 * right, or one that cannot be computed, is charged at the hold. An edit that runs for a row is charged when its response is stored.
 * Closed without an end, the hold stays and is decided later by a rule.
 */
final class HeldEditCharge implements EditCharge, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HeldEditCharge.class);

    private final List<PricedRoute> routes;
    private final String editId;
    private final EditRecord record;
    private final boolean free;
    private final Pricing pricing;
    private final Ledger ledger;
    private final DeferredSettlement settlement;
    private final EditReportWriter reports;
    private final HoldPolicy abandoned;
    private final Optional<DurableEdit> durable;
    private Optional<Pending> pending = Optional.empty();
    private PricedRoute current;
    private boolean ended;

    /**
     * The charge of an edit.
     *
     * @param routes the ways to run it; the charge is that of the first one until another runs
     */
    HeldEditCharge(List<PricedRoute> routes, EditRecord record, boolean free, Pricing pricing, Books books,
            HoldPolicy abandoned, Optional<DurableEdit> durable) {
        this.routes = List.copyOf(routes);
        this.current = routes.getFirst();
        this.editId = record.id();
        this.record = record;
        this.free = free;
        this.pricing = pricing;
        this.ledger = books.ledger();
        this.settlement = books.settlement();
        this.reports = books.reports();
        this.abandoned = abandoned;
        this.durable = durable;
    }

    /** Where holds and ends of edits are written, with the reports of the edits. */
    record Books(Ledger ledger, DeferredSettlement settlement, EditReportWriter reports) {}

    /**
     * Prices the edit by another route from now on, before that is dispatched. If it has another model, the ledger has it when the method
     * returns.
     *
     * @throws DatabaseUnavailableException if the ledger cannot be written
     */
    synchronized void runs(int route) {
        PricedRoute next = routes.get(route);
        if (!next.plan().model().equals(current.plan().model())) {
            ledger.changeModel(editId, next.plan().model(), next.plan().entry().prices().version());
        }
        current = next;
    }

    @Override
    public synchronized Map<String, String> settle(int images, ReportedUsage usage) {
        if (ended) {
            return Map.of();
        }
        Charge charge = charge(images, usage);
        ended = true;
        ReportedUsage used = charge.usage();
        Money cost = free ? Money.ZERO : Money.of(charge.cost());
        DeliveredUsage delivered = new DeliveredUsage(images, used.textInput(), used.cachedTextInput(),
                used.imageInput(), used.cachedImageInput(), used.textOutput(), used.imageOutput());
        record.settled(images, used, cost.amount());
        if (durable.isPresent()) {
            Pending later = new Pending(delivered, cost, charge.note());
            pending = Optional.of(later);
            durable.get().charge(later);
        } else {
            write(() -> settlement.end(reported(EditEnd.settle(editId, delivered, cost, charge.note()))));
        }
        return Map.of("x-retouch-cost", cost + " " + current.plan().entry().prices().currency());
    }

    private Charge charge(int images, ReportedUsage usage) {
        BigDecimal hold = free ? BigDecimal.ZERO : Money.of(current.range().maximum()).amount();
        try {
            return pricing.charge(current.input(), images, Optional.of(usage), hold);
        } catch (ArithmeticException e) {
            LOG.warn("price of an edit cannot be computed request={}", editId, e);
            return new Charge(hold, ReportedUsage.NONE, "charged as held: the price cannot be computed");
        }
    }

    @Override
    public synchronized void fail(boolean mayHaveRun, String why) {
        if (ended) {
            return;
        }
        ended = true;
        record.unsettled(mayHaveRun);
        write(() -> settlement.end(
                reported(mayHaveRun ? EditEnd.undecided(editId, why) : EditEnd.release(editId, why))));
    }

    private EditEnd reported(EditEnd end) {
        return end.with(reports.report(record, current.plan().prompt()));
    }

    private void write(Runnable end) {
        record.timed(Phase.SETTLE, () -> {
            end.run();
            return end;
        });
    }

    @Override
    public synchronized void abandon(String why) {
        if (abandoned == HoldPolicy.CHARGE) {
            settle(current.input().count(), ReportedUsage.NONE);
        } else {
            fail(false, why);
        }
    }

    @Override
    public synchronized void close() {
        pending.ifPresent(Pending::write);
        fail(true, "the edit ended without an outcome");
    }

    /** The charge that waits for the response to be stored. */
    private final class Pending implements PendingCharge {

        private final DeliveredUsage delivered;
        private final Money cost;
        private final @Nullable String note;
        private final AtomicBoolean written = new AtomicBoolean();

        Pending(DeliveredUsage delivered, Money cost, @Nullable String note) {
            this.delivered = delivered;
            this.cost = cost;
            this.note = note;
        }

        @Override
        public boolean write(Work<?> also) {
            return !written.getAndSet(true) && settlement.end(end(), also);
        }

        /** Writes the charge alone, if the edit ended before its response was stored. */
        void write() {
            if (!written.getAndSet(true)) {
                settlement.end(end());
            }
        }

        @Override
        public void release(String why) {
            if (!written.getAndSet(true)) {
                record.unsettled(false);
                settlement.end(reported(EditEnd.release(editId, why)));
            }
        }

        private EditEnd end() {
            return reported(EditEnd.settle(editId, delivered, cost, note));
        }
    }
}
