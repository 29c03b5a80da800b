package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.io.CyclicTimeout;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.bytes.BufferInputStream;

/**
 * Aborts a request if the upstream is silent for too long: while the edit is sent, until the response starts, and while the response
 * is read. The time between two reads does not count, because a slow client is not the upstream's fault.
 */
final class UpstreamTimeouts {

    private final Duration idle;
    private final Duration firstByte;
    private final CyclicTimeout timeout;
    private boolean started;
    private boolean ended;

    UpstreamTimeouts(Request request, Scheduler scheduler, Duration idle, Duration firstByte) {
        this.idle = idle;
        this.firstByte = firstByte;
        this.timeout = new CyclicTimeout(scheduler) {
            @Override
            public void onTimeoutExpired() {
                RequestAbort.of(request, new TimeoutException("the upstream was silent for too long"));
            }
        };
    }

    /** The request is about to be sent. */
    synchronized void requestStarted(Request request) {
        started = true;
        start(idle);
    }

    /** A part of the request was sent. */
    synchronized void bytesSent() {
        if (!ended) {
            start(idle);
        }
    }

    /** The whole request was sent. */
    synchronized void requestSent(Request request) {
        if (!ended) {
            start(firstByte);
        }
    }

    /** The head of the response arrived. */
    synchronized void responseStarted() {
        ended = true;
        timeout.cancel();
    }

    /** Whether a byte of the request may have been sent. */
    synchronized boolean hasStarted() {
        return started;
    }

    /** Ends all timeouts. */
    synchronized void cancel() {
        ended = true;
        timeout.cancel();
        timeout.destroy();
    }

    private void start(Duration limit) {
        timeout.schedule(limit.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The response body. A read that waits for too long, or is interrupted, aborts the request. */
    BufferInputStream watch(Request request, BufferInputStream body) {
        return new BufferInputStream() {

            private boolean over;

            @Override
            protected @Nullable ByteBuffer receive() throws IOException {
                start(idle);
                try {
                    ByteBuffer bytes = body.nextBuffer();
                    over = over || bytes == null;
                    return bytes;
                } catch (InterruptedIOException e) {
                    RequestAbort.of(request, e);
                    Thread.currentThread().interrupt();
                    throw e;
                } finally {
                    timeout.cancel();
                }
            }

            @Override
            public void close() throws IOException {
                super.close();
                cancel();
                if (!over) {
                    // close alone would end the connection only when the next bytes arrive
                    RequestAbort.of(request, new IOException("the response was closed before its end"));
                }
                body.close();
            }
        };
    }
}
