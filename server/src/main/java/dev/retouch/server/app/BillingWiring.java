package dev.retouch.server.app;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.billing.DeferredSettlement;
import dev.retouch.server.billing.EditHours;
import dev.retouch.server.billing.EditRetention;
import dev.retouch.server.billing.EndJournal;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.LedgerVerifier;
import dev.retouch.server.billing.Reconciliation;
import dev.retouch.server.config.BillingSettings;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.Instance;
import dev.retouch.server.edit.EditBilling;
import dev.retouch.server.error.SentError;
import dev.retouch.server.price.Pricing;

/** Creates the ledger and what settles holds: during the edit, after a database outage, and for orphaned edits. */
final class BillingWiring {

    private final Ledger ledger;
    private final DeferredSettlement settlement;
    private final Reconciliation reconciliation;
    private final EditBilling editBilling;
    private final EditHours hours;
    private final Optional<EditRetention> retention;

    BillingWiring(Lifecycle lifecycle, Configuration configuration, Database database, Instance instance,
            SentError.Source errors) throws IOException {
        BillingSettings billing = configuration.billing();
        this.ledger = new Ledger(database, instance.clock(), instance.id());
        this.settlement = lifecycle.add(new DeferredSettlement(ledger, new EndJournal(configuration.dataDir())));
        settlement.recover(); // before reconciliation takes these edits for undecided
        this.reconciliation = new Reconciliation(database, ledger, instance,
                new Reconciliation.Settings(billing.undecidedAfter(), billing.undecided()));
        this.retention = Optional.of(billing.keepEdits()).filter(keep -> !keep.isZero())
                .map(keep -> new EditRetention(database, new LedgerVerifier(database), instance.clock(), keep));
        this.hours = new EditHours(database, instance.clock());
        this.editBilling = new EditBilling(new Pricing(), ledger, settlement, billing.abandoned(),
                errors);
    }

    void scheduleJobs(BackgroundJobs jobs) {
        jobs.schedule(Duration.ofMillis(500), "deferred settlement", settlement::retry);
        jobs.schedule(Duration.ofSeconds(10), "journals of ends", this::recover);
        jobs.schedule(Duration.ofSeconds(2), "reconciliation", reconciliation::run);
        retention.ifPresent(job -> jobs.schedule(Duration.ofHours(1), "edit retention", job::run));
    }

    private void recover() {
        try {
            settlement.recover();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What of the journals of ends needs an operator, for {@code /readyz}; empty if nothing does. */
    Map<String, String> details() {
        int unreadable = settlement.unreadableJournals();
        return unreadable == 0 ? Map.of() : Map.of("journals of ends", "unreadable: " + unreadable);
    }

    /** Returns the number of ends of edits that wait for the database. */
    int deferredSettlements() {
        return settlement.waiting();
    }

    Ledger ledger() {
        return ledger;
    }

    EditHours hours() {
        return hours;
    }

    EditBilling editBilling() {
        return editBilling;
    }
}
