package dev.retouch.server.edit;

/** What happens to a dispatched edit whose client disconnects. */
public enum DisconnectPolicy {
    /** The request to the upstream is canceled. */
    CANCEL,
    /** The upstream's response is read to its end, so that the actual cost is known. The images are discarded. */
    DRAIN
}
