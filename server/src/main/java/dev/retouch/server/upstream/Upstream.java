package dev.retouch.server.upstream;

/** Runs edits. */
public interface Upstream {

    /**
     * Sends an edit and waits for the head of a successful response. Every other outcome is an
     * {@link dev.retouch.server.error.ApiException}, or an {@link dev.retouch.server.error.UpstreamRefusalException} if the upstream
     * refused the edit itself. The caller of this method closes the response.
     *
     * @param beforeAttempt called before each attempt; an exception of it is thrown to the caller, and the edit is not sent again
     * @throws UpstreamInterruptedException if the calling thread was interrupted; its interrupt status stays set
     */
    UpstreamResponse edit(UpstreamRequest edit, Runnable beforeAttempt);

    /** Sends an edit as {@link #edit(UpstreamRequest, Runnable)} does, without a condition for its attempts. */
    default UpstreamResponse edit(UpstreamRequest edit) {
        return edit(edit, () -> {});
    }
}
