package dev.retouch.server.upstream;

import java.util.Optional;

/**
 * What an upstream answered to a check, which costs nothing.
 *
 * @param status the HTTP status
 * @param keyAccepted whether the answer says that the gateway's key is valid; false if it says nothing about the key
 * @param failure what the answer says about the key or the upstream; empty if the check succeeded
 * @param message the upstream's words about the failure, redacted; may be empty
 */
public record UpstreamCheck(int status, boolean keyAccepted, Optional<AttemptOutcome> failure, String message) {}
