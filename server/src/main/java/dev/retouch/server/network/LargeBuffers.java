package dev.retouch.server.network;

import java.lang.ref.WeakReference;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;

import org.eclipse.jetty.io.RetainableByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * A limited number of direct buffers, allocated when they are first needed and used again. Jetty's client does not release the buffer of a
 * response that is aborted: such a buffer counts until it is collected. Thread-safe.
 */
final class LargeBuffers {

    private final int capacity;
    private final int max;
    private final Deque<ByteBuffer> free = new ArrayDeque<>();
    private final List<WeakReference<ByteBuffer>> inUse = new ArrayList<>();

    /**
     * No buffers yet.
     *
     * @param capacity size of each in bytes
     * @param max the most that are in use at the same time
     */
    LargeBuffers(int capacity, int max) {
        this.capacity = capacity;
        this.max = max;
    }

    /** An empty buffer, to be released by its last holder; nothing if too many are in use. */
    synchronized Optional<RetainableByteBuffer.Mutable> tryAcquire() {
        ByteBuffer memory = free.poll();
        if (memory == null) {
            memory = allocated();
        }
        if (memory == null) {
            return Optional.empty();
        }
        ByteBuffer taken = memory;
        inUse.add(new WeakReference<>(taken));
        // a new view, because a former holder may still move the positions of its view
        return Optional.of(RetainableByteBuffer.wrap(taken.duplicate().limit(0), (Runnable) () -> release(taken)));
    }

    private @Nullable ByteBuffer allocated() {
        if (inUse.size() >= max) {
            inUse.removeIf(buffer -> buffer.refersTo(null));
        }
        try {
            return inUse.size() < max ? ByteBuffer.allocateDirect(capacity) : null;
        } catch (OutOfMemoryError e) {
            return null; // -XX:MaxDirectMemorySize is low: small buffers have to do
        }
    }

    private synchronized void release(ByteBuffer memory) {
        inUse.removeIf(buffer -> buffer.refersTo(memory));
        free.push(memory);
    }
}
