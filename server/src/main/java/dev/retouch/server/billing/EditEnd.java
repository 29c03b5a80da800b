package dev.retouch.server.billing;

import java.util.Locale;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.database.Database.Work;

/**
 * How an edit ends, or becomes undecided. It can be written more than once.
 *
 * @param editId the edit id
 * @param kind what to write
 * @param delivered what was delivered; nothing unless the kind is {@link Kind#SETTLE}
 * @param cost the cost to charge; zero unless the kind charges a given cost
 * @param note for the ledger; null if there is nothing to explain
 */
record EditEnd(String editId, Kind kind, DeliveredUsage delivered, Money cost, @Nullable String note)
        implements
            LedgerWrite {

    /** The kinds of ends. */
    enum Kind {
        /** Charge the cost of an edit that is held or undecided. */
        SETTLE,
        /** Release an edit that is held or undecided. */
        RELEASE,
        /** Mark an edit that is held as undecided. */
        UNDECIDED,
        /** Charge the whole hold of an undecided edit. */
        CHARGE_UNDECIDED,
        /** Charge a cost to an undecided edit. */
        SETTLE_UNDECIDED,
        /** Release an undecided edit. */
        RELEASE_UNDECIDED;

        /** The name that the database knows. */
        String stored() {
            return name().toLowerCase(Locale.ROOT);
        }

        /** Whether an edit in this state can end so. */
        boolean appliesTo(HoldState state) {
            return switch (this) {
                case SETTLE, RELEASE -> state.isOpen();
                case UNDECIDED -> state == HoldState.HELD;
                case CHARGE_UNDECIDED, SETTLE_UNDECIDED, RELEASE_UNDECIDED -> state == HoldState.UNDECIDED;
            };
        }

        /** Whether the edit is charged. */
        boolean charges() {
            return this == SETTLE || this == CHARGE_UNDECIDED || this == SETTLE_UNDECIDED;
        }
    }

    static EditEnd settle(String editId, DeliveredUsage delivered, Money cost, @Nullable String note) {
        return new EditEnd(editId, Kind.SETTLE, delivered, cost, note);
    }

    static EditEnd release(String editId, String note) {
        return of(editId, Kind.RELEASE, note);
    }

    static EditEnd undecided(String editId, String note) {
        return of(editId, Kind.UNDECIDED, note);
    }

    /** An end without a delivery and without a cost in the request. */
    static EditEnd of(String editId, Kind kind, String note) {
        return new EditEnd(editId, kind, DeliveredUsage.NOTHING, Money.ZERO, note);
    }

    /**
     * What became of an end.
     *
     * @param result what was written
     * @param cost what the edit has cost in the end; zero if it has not ended
     */
    record Outcome(Result result, Money cost) implements LedgerWrite.Outcome {}

    /** What was written. */
    enum Result {
        /** The end. */
        DONE,
        /** Nothing: the edit had ended, or is not in the state that the kind needs. */
        NOT_OPEN,
        /** Nothing: the ledger has no such edit. */
        UNKNOWN,
        /** Nothing: an amount would be larger than an amount can be. */
        OVERFLOW;

        /** Parses the name that the database knows. */
        static Result of(String name) {
            return valueOf(name.toUpperCase(Locale.ROOT));
        }
    }

    /** Whether the outcome is known. */
    boolean isKnown() {
        return kind != Kind.UNDECIDED;
    }

    /**
     * Writes the end to the ledger.
     *
     * @param also further work in the same transaction, if the edit is settled; null for none
     * @return whether the ledger has this end now; false if the edit had ended before with another cost
     */
    boolean write(Ledger ledger, @Nullable Work<?> also) {
        switch (kind) {
            case SETTLE -> {
                return (also == null
                        ? ledger.settle(editId, delivered, cost, note)
                        : ledger.settle(editId, delivered, cost, note, also)).equals(cost);
            }
            case RELEASE -> ledger.release(editId, note == null ? "" : note);
            case UNDECIDED -> ledger.markUndecided(editId, note == null ? "" : note);
            default -> throw new IllegalStateException("not written by an edit: " + kind);
        }
        return true;
    }

    /** The text for the log; complete enough to write the end by hand. */
    String description() {
        return kind.charges() ? kind.stored() + " cost=" + cost + " " + delivered : kind.stored();
    }
}
