package dev.retouch.server.upstream;

import org.eclipse.jetty.client.Request;

/** Aborts requests to upstreams. */
final class RequestAbort {

    private RequestAbort() {}

    /** Aborts a request. A thread that waits for its response gets the reason as the cause of the failure. */
    static void of(Request request, Exception reason) {
        request.abort(reason).exceptionally(failure -> {
            reason.addSuppressed(failure);
            return false;
        });
    }
}
