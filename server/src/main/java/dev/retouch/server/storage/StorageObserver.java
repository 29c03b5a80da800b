package dev.retouch.server.storage;

import java.time.Duration;

/** Receives the ends of requests to the object store, for metrics. Called by many threads. */
@FunctionalInterface
public interface StorageObserver {

    /** What a request does. */
    enum Operation {
        PUT, GET, HEAD, LIST, DELETE
    }

    /** How a request ended. */
    enum Outcome {
        /** It did what was asked. */
        OK,
        /** The object does not exist. */
        MISSING,
        /** The store failed or did not answer in time, also after retries. */
        FAILED,
        /** The circuit breaker was open, so that none was sent. */
        REJECTED
    }

    /** A request has ended, with its retries. */
    void ended(Operation operation, Outcome outcome, Duration duration);
}
