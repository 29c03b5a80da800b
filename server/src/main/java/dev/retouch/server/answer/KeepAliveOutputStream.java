package dev.retouch.server.answer;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

import dev.retouch.server.bytes.BufferSink;
import dev.retouch.server.exchange.Cancellation;

/**
 * Writes keep-alive comments or white space if nothing was written for a given time, so that proxies do not close the
 * connection. It never writes between {@link #begin} and {@link #end}.
 */
final class KeepAliveOutputStream extends FilterOutputStream implements EventBoundaries, BufferSink {

    /** A comment of a stream of events. */
    static final String COMMENT = ": keep-alive\n\n";
    /** White space, which is allowed before any JSON document. */
    static final String SPACE = " ";

    private final Cancellation cancellation;
    private final BufferSink sink;
    private final byte[] token;
    private final long everyNanos;
    private long lastNanos = System.nanoTime();
    private boolean inside;
    private boolean over;

    /**
     * Writes to {@code out}.
     *
     * @param token the keep-alive text
     * @param every the silence before it is written; zero for never
     * @param cancellation canceled if the client has disconnected
     */
    KeepAliveOutputStream(OutputStream out, String token, Duration every, Cancellation cancellation) {
        super(out);
        this.sink = BufferSink.of(out);
        this.cancellation = cancellation;
        this.token = token.getBytes(StandardCharsets.US_ASCII);
        this.everyNanos = every.toNanos();
        if (everyNanos > 0) {
            Thread.ofVirtual().name("keep-alive").start(this::run);
        }
    }

    @Override
    public synchronized void write(int value) throws IOException {
        out.write(value);
        lastNanos = System.nanoTime();
    }

    @Override
    public synchronized void write(byte[] source, int offset, int length) throws IOException {
        out.write(source, offset, length);
        lastNanos = System.nanoTime();
    }

    @Override
    public synchronized void write(ByteBuffer bytes) throws IOException {
        sink.write(bytes);
        lastNanos = System.nanoTime();
    }

    @Override
    public synchronized void flush() throws IOException {
        out.flush();
    }

    /** Writes its token now. */
    synchronized void beat() throws IOException {
        out.write(token);
        out.flush();
        lastNanos = System.nanoTime();
    }

    @Override
    public synchronized void begin() {
        inside = true;
    }

    @Override
    public synchronized void end() {
        inside = false;
    }

    /** Falls silent; the stream below stays open. */
    @Override
    public synchronized void close() {
        over = true;
        notifyAll();
    }

    private synchronized void run() {
        try {
            while (!over) {
                long left = everyNanos - (System.nanoTime() - lastNanos);
                if (left <= 0 && !inside) {
                    beat();
                    left = everyNanos;
                }
                TimeUnit.NANOSECONDS.timedWait(this, left > 0 ? left : everyNanos);
            }
        } catch (IOException e) {
            over = true;
            cancellation.cancel(Cancellation.Reason.CLIENT_GONE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
