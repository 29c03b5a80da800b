package dev.retouch.server.error;

/** Finds the words for a failure before there is anybody to tell it to. */
@FunctionalInterface
public interface FailureTeller {

    /** The answer that the failure of an edit would get. */
    RepeatedErrorException told(Throwable failure, String requestId);
}
