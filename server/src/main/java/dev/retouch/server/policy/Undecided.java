package dev.retouch.server.policy;

/** What becomes of the money held for an edit that was sent without anybody knowing what became of it. */
public enum Undecided {
    /** It is charged in full: the provider has most likely done the work and charges for it. */
    CHARGE,
    /** It is given back. */
    RELEASE
}
