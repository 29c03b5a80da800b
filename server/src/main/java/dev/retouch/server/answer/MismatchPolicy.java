package dev.retouch.server.answer;

/** What is done when the upstream returns something else than was asked for. */
public enum MismatchPolicy {
    /** Reported in a header of the response. */
    WARN,
    /** Answered with an error. */
    REFUSE,
    /** Not checked. */
    IGNORE
}
