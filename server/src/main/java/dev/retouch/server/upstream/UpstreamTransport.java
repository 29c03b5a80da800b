package dev.retouch.server.upstream;

/** Makes attempts at one upstream, without retries. */
public interface UpstreamTransport {

    /** What the upstream takes and returns for a model. */
    KindTraits traits(ModelName model);

    /**
     * Sends an edit that was fitted to the traits, with the mask that they expect, and waits for the head of a successful response.
     *
     * @throws AttemptFailedException if the attempt failed
     */
    UpstreamResponse send(UpstreamRequest edit) throws AttemptFailedException;

    /**
     * Sends a request that costs nothing, with the gateway's key if the upstream has such a request.
     *
     * @throws AttemptFailedException if there was no response
     */
    UpstreamCheck check() throws AttemptFailedException;
}
