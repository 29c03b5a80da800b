package dev.retouch.server.billing;

/** How reconciliation ends the hold of an undecided edit. */
public enum HoldPolicy {
    /** Charges the whole hold: the provider has most likely run the edit and charges for it. */
    CHARGE,
    /** Releases the hold. */
    RELEASE
}
