package dev.retouch.server.billing;

import java.util.Locale;

/** How far an edit has come, as far as money is concerned. */
public enum EditState {
    /** On its way. */
    HELD,
    /** Done and paid for. */
    SETTLED,
    /** Ended without an image, and without a charge. */
    RELEASED,
    /** Sent, and nobody knows what became of it; what was held stays held. */
    UNDECIDED;

    /** The state of this name in the database. */
    static EditState of(String name) {
        return valueOf(name.toUpperCase(Locale.ROOT));
    }

    /** Its name in the database. */
    String stored() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether its end is still to come. */
    boolean isOpen() {
        return this == HELD || this == UNDECIDED;
    }
}
