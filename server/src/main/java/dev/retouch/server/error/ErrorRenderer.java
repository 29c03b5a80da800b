package dev.retouch.server.error;

/** Renders a failure before there is a response to write it to. */
@FunctionalInterface
public interface ErrorRenderer {

    /** Returns the error response of a failed edit. */
    ReplayedErrorException render(Throwable failure, String requestId);
}
