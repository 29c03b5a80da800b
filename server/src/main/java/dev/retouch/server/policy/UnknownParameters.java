package dev.retouch.server.policy;

/** What is done with a parameter that the contract does not know. */
public enum UnknownParameters {
    /** Refused by name. */
    REFUSE,
    /** Left out, and the answer says so. */
    IGNORE,
    /** Passed on to the upstream as it is. */
    FORWARD
}
