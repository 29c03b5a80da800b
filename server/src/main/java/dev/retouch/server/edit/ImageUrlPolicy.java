package dev.retouch.server.edit;

/** Who fetches remote images. */
public enum ImageUrlPolicy {
    /** The gateway. */
    FETCH,
    /** The upstream, if every image of the request is remote. */
    FORWARD
}
