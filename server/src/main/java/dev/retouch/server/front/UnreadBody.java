package dev.retouch.server.front;

import java.time.Duration;

import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.util.Callback;

/**
 * What a client still sends when its answer is already out, as it is when a key is refused before the body is read. Closing
 * the connection on unread bytes resets it, and the reset can overtake the answer; so they are read and thrown away for a
 * while, without a thread that waits for them. Nobody waits for a client that asked whether to send at all. Several threads may
 * ask: whoever answers, and whoever looks whether the client is still there.
 */
final class UnreadBody {

    private static final long MOST_BYTES = 64L << 20;
    private static final Duration LONGEST = Duration.ofSeconds(10);

    private final Request request;
    private final MaybeStream stream;
    private final long start = System.nanoTime();
    private long discarded;
    private boolean over;
    private boolean broken;

    UnreadBody(Request request, MaybeStream stream) {
        this.request = request;
        this.stream = stream;
    }

    /** Throws away what has come, without waiting, and says whether nothing more can come. */
    synchronized boolean isOver() {
        while (!over && discarded <= MOST_BYTES) {
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

    /** Whether it is over because the connection is, or because it was no body. */
    synchronized boolean isBroken() {
        return broken;
    }

    /** Completes the exchange when the body is over, or when this has gone on for long enough. */
    void discard(Callback callback) {
        boolean longEnough = discarded() > MOST_BYTES || System.nanoTime() - start > LONGEST.toNanos();
        if (request.getHeaders().contains(HttpHeader.EXPECT) || longEnough || isOver()) {
            stream.enough();
            callback.succeeded();
        } else {
            request.demand(() -> discard(callback));
        }
    }

    private synchronized long discarded() {
        return discarded;
    }
}
