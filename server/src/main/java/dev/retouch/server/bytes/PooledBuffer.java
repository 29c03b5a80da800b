package dev.retouch.server.bytes;

import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;

/**
 * A view of a piece of memory. The piece returns to its budget when its last view is closed, so a buffer that is still being sent
 * stays valid although the image that it belongs to was closed. Closing a view twice has no effect. Views of one piece may be used by
 * different threads; {@link #bytes} of one view by a single thread.
 */
public final class PooledBuffer implements AutoCloseable {

    private final Piece piece;
    private final ByteBuffer bytes;
    private boolean closed;

    PooledBuffer(Piece piece, ByteBuffer bytes) {
        this.piece = piece;
        this.bytes = bytes;
    }

    /** A buffer on the heap that belongs to no budget. */
    public static PooledBuffer unpooled(int capacity) {
        return wrapping(new byte[capacity]);
    }

    /** Bytes on the heap that belong to no budget. */
    public static PooledBuffer wrapping(byte[] bytes) {
        ByteBuffer memory = ByteBuffer.wrap(bytes);
        return new PooledBuffer(new Piece(memory, _ -> {
            // left to the garbage collector
        }), memory);
    }

    /** The memory, with the position and limit of this view. Must not be used after {@link #close}. */
    public ByteBuffer bytes() {
        return bytes;
    }

    /**
     * Returns a further view of the bytes between position and limit. The caller closes it.
     *
     * @throws ClosedChannelException if this view is closed
     */
    public synchronized PooledBuffer share() throws ClosedChannelException {
        requireOpen();
        piece.hold();
        return new PooledBuffer(piece, bytes.slice());
    }

    /** Whether this view is the only one of its piece, so that its owner may write to it. */
    public boolean isUnshared() {
        return piece.isHeldOnce();
    }

    /**
     * Copies bytes from an index. Does not move the position.
     *
     * @throws ClosedChannelException if this view is closed
     */
    public synchronized void copy(int index, byte[] target, int offset, int length) throws ClosedChannelException {
        requireOpen();
        bytes.get(index, target, offset, length);
    }

    @Override
    public synchronized void close() {
        if (!closed) {
            closed = true;
            piece.release();
        }
    }

    private void requireOpen() throws ClosedChannelException {
        if (closed) {
            throw new ClosedChannelException();
        }
    }
}
