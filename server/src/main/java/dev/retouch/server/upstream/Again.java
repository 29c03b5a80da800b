package dev.retouch.server.upstream;

/** Where an edit may be sent again after a failed try. */
enum Again {
    /** Nowhere: it may have run, or nobody could do better. */
    NEVER,
    /** Elsewhere: this upstream would refuse it again. */
    ELSEWHERE,
    /** Elsewhere, or here after a while: it certainly did not run. */
    ANYWHERE
}
