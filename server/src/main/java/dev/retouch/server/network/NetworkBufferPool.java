package dev.retouch.server.network;

import java.util.Optional;

import org.eclipse.jetty.io.ArrayByteBufferPool;
import org.eclipse.jetty.io.ByteBufferPool;
import org.eclipse.jetty.io.RetainableByteBuffer;

/**
 * The buffers of connections. A buffer to read images into is large while few are in use, because each read is a system call, and small
 * beyond, so that many slow connections need little memory. All servers and clients of a process share one pool, and so the memory that it
 * keeps.
 */
public final class NetworkBufferPool extends ByteBufferPool.Wrapper {

    /** Size in bytes of a buffer to read images into. A smaller one is given out if many are in use. */
    public static final int READ_BUFFER = 128 << 10;
    /** Size in bytes of the smaller one. */
    static final int SMALL_READ_BUFFER = 32 << 10;
    /** So many large buffers may be in use. */
    static final int MAX_LARGE = 64;

    private static final NetworkBufferPool SHARED = new NetworkBufferPool();

    private final LargeBuffers large = new LargeBuffers(READ_BUFFER, MAX_LARGE);

    /** An empty pool. */
    NetworkBufferPool() {
        super(new ArrayByteBufferPool());
    }

    /** The pool of this process. */
    public static NetworkBufferPool shared() {
        return SHARED;
    }

    @Override
    public RetainableByteBuffer.Mutable acquire(int size, boolean direct) {
        if (!direct || size != READ_BUFFER) {
            return super.acquire(size, direct);
        }
        Optional<RetainableByteBuffer.Mutable> buffer = large.tryAcquire();
        return buffer.isPresent() ? buffer.get() : super.acquire(SMALL_READ_BUFFER, true);
    }
}
