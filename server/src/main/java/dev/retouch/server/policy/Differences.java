package dev.retouch.server.policy;

/** What is done when the upstream returns something else than was asked for. */
public enum Differences {
    /** Told in a header of the answer. */
    WARN,
    /** Answered with an error. */
    REFUSE,
    /** Nobody looks. */
    IGNORE
}
