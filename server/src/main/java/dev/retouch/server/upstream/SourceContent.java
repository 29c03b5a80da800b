package dev.retouch.server.upstream;

import java.io.EOFException;
import java.io.IOException;
import java.util.function.Supplier;

import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.util.thread.SerializedInvoker;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.bytes.BufferSource;
import dev.retouch.server.bytes.PooledBuffer;

/**
 * A source of known length as a request body of Jetty. Each buffer is sent from where it is, and closed when Jetty has sent it. Opens the
 * source when the first byte is sent, and closes it after the last byte or when the request fails. Thread-safe.
 */
final class SourceContent implements Request.Content, AutoCloseable {

    private final SerializedInvoker invoker = new SerializedInvoker(SourceContent.class);
    private final String type;
    private final long length;
    private final Supplier<BufferSource> opener;
    private final boolean repeatable;
    private @Nullable BufferSource source;
    private Content.@Nullable Chunk failure;
    private long sent;
    private boolean over;

    /**
     * A body.
     *
     * @param repeatable whether a second source of this opener has the same bytes
     */
    SourceContent(String type, long length, Supplier<BufferSource> opener, boolean repeatable) {
        this.type = type;
        this.length = length;
        this.opener = opener;
        this.repeatable = repeatable;
    }

    @Override
    public String getContentType() {
        return type;
    }

    @Override
    public long getLength() {
        return length;
    }

    @Override
    public synchronized Content.Chunk read() {
        if (failure != null) {
            return failure;
        }
        if (sent == length) {
            return Content.Chunk.EOF;
        }
        if (over) {
            return Content.Chunk.from(new IOException("the exchange is over"));
        }
        try {
            return next();
        } catch (IOException | RuntimeException e) {
            fail(e);
            return Content.Chunk.from(e);
        }
    }

    private Content.Chunk next() throws IOException {
        BufferSource open = source;
        if (open == null) {
            open = opener.get();
            source = open;
        }
        PooledBuffer buffer = open.next();
        if (buffer == null) {
            throw new EOFException("a request body ended after " + sent + " of " + length + " bytes");
        }
        sent += buffer.bytes().remaining();
        if (sent == length) {
            closeSource();
        }
        return Content.Chunk.from(buffer.bytes(), sent == length, (Runnable) buffer::close);
    }

    @Override
    public void demand(Runnable available) {
        invoker.run(available); // a read never waits for the network
    }

    @Override
    public synchronized void fail(Throwable cause) {
        if (failure == null) {
            failure = Content.Chunk.from(cause);
        }
        closeSource();
    }

    @Override
    public synchronized boolean rewind() {
        if (!repeatable || failure != null || over) {
            return false;
        }
        closeSource();
        sent = 0;
        return true;
    }

    /** Releases what the rest of the body holds, because nothing of it will be sent. */
    @Override
    public synchronized void close() {
        over = true;
        closeSource();
    }

    private void closeSource() {
        BufferSource open = source;
        source = null;
        if (open != null) {
            open.close();
        }
    }
}
