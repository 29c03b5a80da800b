package dev.retouch.server.upstream;

/** What happens to an edit that no upstream can run as requested, before money is spent. */
public enum UnsupportedPolicy {
    /** The edit is refused. */
    REFUSE,
    /** The edit runs without what the upstream cannot do, and the response says so. */
    WARN
}
