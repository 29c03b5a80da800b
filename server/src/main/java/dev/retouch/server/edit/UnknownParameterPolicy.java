package dev.retouch.server.edit;

/** How a parameter is handled that the contract does not define. */
public enum UnknownParameterPolicy {
    /** Rejected by name. */
    REFUSE,
    /** Dropped; the response names it. */
    IGNORE,
    /** Sent to the upstream unchanged. */
    FORWARD
}
