package dev.retouch.server.upstream;

/** Something that edits images. */
public interface Upstream {

    /**
     * Sends an edit and waits for the head of a successful answer. Any other outcome is an
     * {@link dev.retouch.server.error.ApiException}. The caller closes the answer, read or not.
     */
    UpstreamAnswer edit(UpstreamEdit edit);

    /** The same for an edit whose images the upstream fetches by itself. */
    UpstreamAnswer edit(LinkedEdit edit);
}
