package dev.retouch.server.http;

import java.time.Duration;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * Drains what a client still sends after the response, for example if a key was rejected before the body was read.
 * Closing a connection with unread bytes resets it, and the reset can overtake the response. So the bytes are
 * discarded for a limited time, without a blocked thread. Does not wait for a client that sent
 * {@code Expect: 100-continue}. Thread-safe: the response writer and the disconnect probe both use it.
 */
final class UnreadBodyDrainer {

    private static final long MAX_BYTES = 64L << 20;
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Request request;
    private final Http2StreamControl stream;
    private final long start = System.nanoTime();
    private long discarded;
    private boolean over;
    private boolean broken;

    UnreadBodyDrainer(Request request, Http2StreamControl stream) {
        this.request = request;
        this.stream = stream;
    }

    /** Discards available bytes without blocking. Returns whether the body has ended. */
    synchronized boolean isOver() {
        while (!over && discarded <= MAX_BYTES) {
            Content.Chunk chunk = request.read();
            if (chunk == null) {
                return false;
            }
            broken = Content.Chunk.isFailure(chunk);
            over = chunk.isLast() || broken;
            discarded += chunk.remaining();
            chunk.release();
        }
        return over;
    }

    /** Whether the body ended with an error or with the connection. */
    synchronized boolean isBroken() {
        return broken;
    }

    /** Completes the callback when the body has ended or the time limit is reached. */
    void discard(Callback callback) {
        boolean longEnough = discarded() > MAX_BYTES || System.nanoTime() - start > LONGEST.toNanos();
        if (request.getHeaders().contains(HttpHeader.EXPECT) || longEnough || isOver()) {
            stream.stopReceiving();
            callback.succeeded();
        } else {
            request.demand(() -> discard(callback));
        }
    }

    private synchronized long discarded() {
        return discarded;
    }
}
