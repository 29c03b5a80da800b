package dev.retouch.server.upstream;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.io.CyclicTimeout;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Ends a request whose other side is silent for too long: while the edit is sent, while the upstream works, and while the answer
 * is read. The time in which nobody reads an answer counts for nothing, because a slow caller is not the upstream's fault.
 */
final class Patience {

    private final Duration idle;
    private final Duration firstByte;
    private final CyclicTimeout timeout;
    private boolean begun;
    private boolean answered;

    Patience(Request request, Scheduler scheduler, Duration idle, Duration firstByte) {
        this.idle = idle;
        this.firstByte = firstByte;
        this.timeout = new CyclicTimeout(scheduler) {
            @Override
            public void onTimeoutExpired() {
                Aborted.of(request, new TimeoutException("the upstream was silent for too long"));
            }
        };
    }

    /** The request begins to go out. */
    synchronized void begun(Request request) {
        begun = true;
        start(idle);
    }

    /** A piece of it went out. */
    synchronized void sent() {
        if (!answered) {
            start(idle);
        }
    }

    /** All of it went out. */
    synchronized void waiting(Request request) {
        if (!answered) {
            start(firstByte);
        }
    }

    /** The head of the answer is there. */
    synchronized void answered() {
        answered = true;
        timeout.cancel();
    }

    /** Whether anything may have left this machine. */
    synchronized boolean hasBegun() {
        return begun;
    }

    /** It is all over. */
    synchronized void end() {
        answered = true;
        timeout.cancel();
        timeout.destroy();
    }

    private void start(Duration patience) {
        timeout.schedule(patience.toMillis(), TimeUnit.MILLISECONDS);
    }

    /** The body of an answer; a read that waits for too long, or is interrupted, ends the request. */
    InputStream watch(Request request, InputStream body) {
        return new FilterInputStream(body) {

            private boolean over;

            @Override
            public int read() throws IOException {
                byte[] one = new byte[1];
                return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
            }

            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                start(idle);
                try {
                    int count = super.read(target, offset, length);
                    over = over || count < 0;
                    return count;
                } catch (InterruptedIOException e) {
                    Aborted.of(request, e);
                    Thread.currentThread().interrupt();
                    throw e;
                } finally {
                    timeout.cancel();
                }
            }

            @Override
            public void close() throws IOException {
                end();
                if (!over) {
                    // closing alone would end the connection only when the next piece comes
                    Aborted.of(request, new IOException("nobody reads the answer to its end"));
                }
                super.close();
            }
        };
    }
}
