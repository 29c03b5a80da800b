package dev.retouch.server.answer;

import java.io.IOException;

/** What has to be durable before the last bytes of a response may leave: the settlement of the edit. */
@FunctionalInterface
public interface CommitPoint {

    /** Called once, when all images are known and before their response is complete. */
    void commit() throws IOException;

    /** Called if the last bytes of the response are written, and nothing follows them. */
    default void written() throws IOException {
        // the end of the response says the same
    }
}
