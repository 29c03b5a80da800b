package dev.retouch.server.billing;

import java.util.Locale;

/** The state of an edit in the ledger. */
public enum HoldState {
    /** Its maximum cost is held; it has not ended. */
    HELD,
    /** Charged. */
    SETTLED,
    /** Ended without an image and without a charge. */
    RELEASED,
    /** Dispatched with an unknown outcome. The hold stays until reconciliation ends it. */
    UNDECIDED;

    /** Parses the name stored in the database. */
    static HoldState of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** The name stored in the database. */
    public String stored() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the edit still has a hold. */
    boolean isOpen() {
        return this == HELD || this == UNDECIDED;
    }
}
