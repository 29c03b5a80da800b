package dev.retouch.server.upstream;

/** The upstreams that may get an edit after a failed attempt. */
public enum RetryScope {
    /** No upstream: the edit may have run, or another attempt would not help. */
    NONE,
    /** Other upstreams only: this upstream would refuse the edit again. */
    OTHER_UPSTREAM,
    /** Other upstreams, and this upstream after a delay: the edit did not run. */
    ANY_UPSTREAM
}
