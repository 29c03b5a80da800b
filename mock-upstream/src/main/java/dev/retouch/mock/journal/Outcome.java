package dev.retouch.mock.journal;

import java.util.Locale;

/** How an exchange ended. */
public enum Outcome {
    /** The exchange has not ended. */
    IN_FLIGHT,
    /** The whole answer was written. */
    ANSWERED,
    /** The client closed its connection before the answer was complete. */
    CLIENT_GONE,
    /** A scenario reset the connection. */
    RESET,
    /** A scenario closed the connection in the middle of the answer. */
    CUT_SHORT,
    /** This server failed. */
    FAILED;

    /** The name in the JSON of the journal: {@code client-gone}. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
}
