package dev.retouch.server.upstream;

/** The thread that waited for an upstream was interrupted. The request was aborted; the edit may have run. */
public final class UpstreamInterruptedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** An interrupt with this cause. */
    public UpstreamInterruptedException(Throwable cause) {
        super("interrupted while waiting for the upstream", cause, false, false);
    }
}
