package dev.retouch.server.upstream;

/** Whoever waited for an upstream was interrupted. What had been sent was aborted, and may have run all the same. */
public final class UpstreamInterruptedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    UpstreamInterruptedException(Throwable cause) {
        super("interrupted while waiting for the upstream", cause, false, false);
    }
}
