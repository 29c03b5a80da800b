package dev.retouch.server.http;

/**
 * How far a connection is with the headers of its next request. Thread-safe.
 *
 * <p>
 * Jetty may report the end of a request after it has handed the next request of the same connection to its handler,
 * because both happen on different threads. The end of a request that is no longer the current one is therefore ignored;
 * otherwise the connection of the current request would count as one that still sends headers, and would be closed.
 */
final class HeaderProgress {

    private long requests;
    private boolean inRequest;
    private long bytesBefore;
    private boolean begun;
    private long sinceNanos;

    /** The headers of a request are complete. Returns its number on this connection. */
    synchronized long headersComplete() {
        inRequest = true;
        return ++requests;
    }

    /**
     * The exchange of a request has ended.
     *
     * @param number what {@link #headersComplete} returned for the request
     * @param bytesIn the bytes that the connection has received until now
     */
    synchronized void requestComplete(long number, long bytesIn) {
        if (number == requests) {
            inRequest = false;
            begun = false;
            bytesBefore = bytesIn;
        }
    }

    /**
     * Whether the first byte of the next request came more than {@code maxNanos} ago and its headers are not complete.
     * The time counts from the first check that sees the byte.
     */
    synchronized boolean takesLongerThan(long maxNanos, long bytesIn, long nowNanos) {
        if (inRequest || bytesIn == bytesBefore) {
            return false;
        }
        if (!begun) {
            begun = true;
            sinceNanos = nowNanos;
        }
        return nowNanos - sinceNanos > maxNanos;
    }
}
