package dev.retouch.server.upstream;

import org.eclipse.jetty.client.Request;

/** Ends requests that nobody waits for any more. */
final class Aborted {

    private Aborted() {}

    /** Ends a request for a reason; whoever waits for its answer is told the reason. */
    static void of(Request request, Exception reason) {
        request.abort(reason).exceptionally(failure -> {
            reason.addSuppressed(failure);
            return false;
        });
    }
}
