package dev.retouch.server.upstream;

/** One upstream, asked once. */
interface Tries {

    /** Sends an edit and waits for the head of a successful answer. */
    UpstreamAnswer attempt(OutgoingEdit edit) throws FailedTryException;
}
