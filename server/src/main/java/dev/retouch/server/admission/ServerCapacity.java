package dev.retouch.server.admission;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;

import dev.retouch.server.admission.slot.WaitEstimator;

/**
 * Limits the requests and body bytes in flight on this instance, in all and for each API key. All limits hold exactly and
 * together. Bytes are reserved while they arrive, so that an announced body does not keep other clients out before it comes.
 * {@link AdmissionRejectedException#retryAfter} of a rejection is an estimate of when a request in flight ends, at least a second.
 */
public final class ServerCapacity {

    private static final String SERVER = "server";

    private final CapacityLimits limits;
    private final Clock clock;
    private final WaitEstimator times = new WaitEstimator();
    private final Map<String, InFlight> keys = new HashMap<>();
    private final InFlight all = new InFlight();

    /** Creates the capacity with nothing in flight. */
    public ServerCapacity(CapacityLimits limits, Clock clock) {
        this.limits = limits;
        this.clock = clock;
    }

    /** Requests and bytes; guarded by the capacity. */
    private static final class InFlight {
        private int requests;
        private long bytes;
    }

    /**
     * Reserves capacity for a request, and none yet for its body.
     *
     * @param key the API key (by root key id) whose part is used
     * @param announcedBytes {@code Content-Length} of the body; zero or less if it is not announced. A body that does not
     *    fit now is rejected before it is read.
     * @throws ServerOverloadedException if the request or its bytes exceed a limit
     */
    public synchronized Reservation enter(String key, long announcedBytes) {
        InFlight own = keys.computeIfAbsent(key, unknown -> new InFlight());
        try {
            requireCapacity(own, 1, Math.max(0, announcedBytes));
            own.requests++;
            all.requests++;
        } finally {
            removeIfIdle(key, own);
        }
        return new Reservation(key, own);
    }

    /** Returns the requests in flight. */
    public synchronized int requests() {
        return all.requests;
    }

    /** Returns the body bytes in flight. */
    public synchronized long bytes() {
        return all.bytes;
    }

    private void requireCapacity(InFlight own, int requests, long bytes) {
        // subtracted, because the sum could overflow
        if (requests > limits.maxRequests() - all.requests || bytes > limits.maxBytes() - all.bytes
                || requests > limits.maxRequestsPerKey() - own.requests
                || bytes > limits.maxBytesPerKey() - own.bytes) {
            throw new ServerOverloadedException(times.until(SERVER, 1, Math.max(1, all.requests), Duration.ZERO));
        }
    }

    private void removeIfIdle(String key, InFlight own) {
        if (own.requests == 0) {
            keys.remove(key);
        }
    }

    /** Capacity reserved for a request. */
    public final class Reservation implements AutoCloseable {

        private final Instant since = clock.instant();
        private final String key;
        private final InFlight own;
        private long bytes;
        private boolean closed;

        private Reservation(String key, InFlight own) {
            this.key = key;
            this.own = own;
        }

        /**
         * Reserves more bytes, before they are read.
         *
         * @throws ServerOverloadedException if a limit is reached; bytes reserved earlier stay reserved until {@link
         *    #releaseBytes} or {@link #close}
         */
        public void grow(long more) {
            synchronized (ServerCapacity.this) {
                if (closed || more < 0) {
                    throw new IllegalStateException("the reservation is released");
                }
                requireCapacity(own, 0, more);
                all.bytes += more;
                own.bytes += more;
                bytes += more;
            }
        }

        /** Releases the bytes, because the body is no longer needed. The request stays in flight. */
        public void releaseBytes() {
            synchronized (ServerCapacity.this) {
                all.bytes -= bytes;
                own.bytes -= bytes;
                bytes = 0;
            }
        }

        /** Releases the reservation. Later calls do nothing. */
        @Override
        public void close() {
            synchronized (ServerCapacity.this) {
                if (!closed) {
                    closed = true;
                    releaseBytes();
                    all.requests--;
                    own.requests--;
                    removeIfIdle(key, own);
                    times.ended(SERVER, Duration.between(since, clock.instant()));
                }
            }
        }
    }
}
