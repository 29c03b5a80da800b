package dev.retouch.server.upstream;

/** Something that edits images. */
public interface Upstream {

    /**
     * Sends an edit and waits for the head of a successful answer. Any other outcome is an
     * {@link dev.retouch.server.error.ApiException}, or a {@link dev.retouch.server.error.RelayedErrorException} where the edit
     * itself was refused. The caller closes the answer, read or not.
     *
     * @throws UpstreamInterruptedException where the calling thread was interrupted; its interrupt stays
     */
    UpstreamAnswer edit(OutgoingEdit edit);
}
