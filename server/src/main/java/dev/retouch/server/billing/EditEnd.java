package dev.retouch.server.billing;

import java.util.List;
import java.util.Locale;
import java.util.Optional;

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
 * @param report how the edit ran; null to keep what is known of it
 */
public record EditEnd(String editId, Kind kind, DeliveredUsage delivered, Money cost, @Nullable String note,
        @Nullable EndReport report)
        implements
            LedgerWrite {

    /** The kinds of ends. */
    public enum Kind {
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

    /** Charges an edit that delivered images. */
    public static EditEnd settle(String editId, DeliveredUsage delivered, Money cost, @Nullable String note) {
        return new EditEnd(editId, Kind.SETTLE, delivered, cost, note, null);
    }

    /** Releases the hold of an edit that delivered nothing. */
    public static EditEnd release(String editId, String note) {
        return of(editId, Kind.RELEASE, note);
    }

    /** Marks an edit as undecided: it was dispatched, and its outcome is unknown. */
    public static EditEnd undecided(String editId, String note) {
        return of(editId, Kind.UNDECIDED, note);
    }

    /** An end without a delivery and without a cost in the request. */
    static EditEnd of(String editId, Kind kind, String note) {
        return new EditEnd(editId, kind, DeliveredUsage.NOTHING, Money.ZERO, note, null);
    }

    /** The same end with a report of the edit. */
    public EditEnd with(Optional<EndReport> ofEdit) {
        return new EditEnd(editId, kind, delivered, cost, note, ofEdit.orElse(report));
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

    /** The document of the report; null without one. */
    @Nullable
    String document() {
        return report == null ? null : report.document();
    }

    /** The upstream's id of the last attempt that has one; null if none has. */
    @Nullable
    String upstreamId() {
        return report == null || report.upstreamIds().isEmpty() ? null : report.upstreamIds().getLast();
    }

    /** The upstreams' ids of the attempts before; almost always none. */
    List<String> earlierUpstreamIds() {
        return report == null || report.upstreamIds().isEmpty()
                ? List.of()
                : report.upstreamIds().subList(0, report.upstreamIds().size() - 1);
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
                return ledger.settle(this, also).equals(cost);
            }
            case RELEASE, UNDECIDED -> ledger.write(this);
            default -> throw new IllegalStateException("not written by an edit: " + kind);
        }
        return true;
    }

    /** The text for the log; complete enough to write the end by hand. */
    String description() {
        return kind.charges() ? kind.stored() + " cost=" + cost + " " + delivered : kind.stored();
    }
}
