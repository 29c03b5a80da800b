package dev.retouch.server.policy;

/** What becomes of an edit whose client goes away while the upstream works on it. */
public enum ClientGone {
    /** The upstream is told to stop. */
    CANCEL,
    /** The upstream finishes, so that what it charges is known; nobody gets the images. */
    DRAIN
}
