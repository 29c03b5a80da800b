package dev.retouch.server.admission;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What this server has in flight: requests, and the bytes of their bodies. Both bounds hold exactly and together, without a
 * lock. A refusal's {@link NoRoomException#retryAfter} is the time after which one of the requests in flight is likely to
 * be over, at least a second.
 */
public final class ServerRoom {

    private static final String SERVER = "server";

    private final int mostRequests;
    private final long mostBytes;
    private final Clock clock;
    private final HoldTimes times = new HoldTimes();
    private final AtomicReference<InFlight> inFlight = new AtomicReference<>(new InFlight(0, 0));

    /**
     * An empty server.
     *
     * @param mostRequests how many requests it takes at the same time
     * @param mostBytes how many bytes their bodies may have together; a body above that never gets in, so a body's own limit
     *        must be below it
     */
    public ServerRoom(int mostRequests, long mostBytes, Clock clock) {
        if (mostRequests < 1 || mostBytes < 1) {
            throw new IllegalArgumentException("room for at least one request and one byte");
        }
        this.mostRequests = mostRequests;
        this.mostBytes = mostBytes;
        this.clock = clock;
    }

    /** What is there at one moment; one object, so that both numbers change together. */
    private record InFlight(int requests, long bytes) {}

    /**
     * Lets a request in.
     *
     * @param announcedBytes how long its body says it is; zero or less where it does not say, see {@link Room#grow}
     * @throws ServerFullException where it would be one too many, or its bytes would be
     */
    public Room enter(long announcedBytes) {
        long bytes = Math.max(0, announcedBytes);
        add(1, bytes);
        return new Room(bytes);
    }

    /** How many requests are in flight. */
    public int requests() {
        return inFlight.get().requests();
    }

    /** How many bytes their bodies have. */
    public long bytes() {
        return inFlight.get().bytes();
    }

    private void add(int requests, long bytes) {
        InFlight now;
        InFlight then;
        do {
            now = inFlight.get();
            // subtracted, because a sum could be larger than the largest number
            if (requests > mostRequests - now.requests() || bytes > mostBytes - now.bytes()) {
                throw new ServerFullException(times.until(SERVER, 1, Math.max(1, now.requests()), Duration.ZERO));
            }
            then = new InFlight(now.requests() + requests, now.bytes() + bytes);
        } while (!inFlight.compareAndSet(now, then));
    }

    /** What one request takes up. */
    public final class Room implements AutoCloseable {

        private final Instant since = clock.instant();
        private long bytes;
        private boolean closed;

        private Room(long bytes) {
            this.bytes = bytes;
        }

        /**
         * Takes room for bytes that were not announced, before they are read.
         *
         * @throws ServerFullException where there is none; what was there before stays taken until this is closed
         */
        public synchronized void grow(long more) {
            if (closed || more < 0) {
                throw new IllegalStateException("a room grows while it is open");
            }
            add(0, more);
            bytes += more;
        }

        /** Gives everything back. Only the first call does anything. */
        @Override
        public synchronized void close() {
            if (!closed) {
                closed = true;
                times.ended(SERVER, Duration.between(since, clock.instant()));
                inFlight.updateAndGet(now -> new InFlight(now.requests() - 1, now.bytes() - bytes));
            }
        }
    }
}
