package dev.retouch.server.policy;

/** Who fetches the images that a request names by URL. */
public enum ImageUrls {
    /** The gateway. */
    FETCH,
    /** The upstream, where every image of the request is behind a URL. */
    FORWARD
}
