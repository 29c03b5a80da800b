package dev.retouch.server.bytes;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Iterator;
import java.util.List;

import org.jspecify.annotations.Nullable;

/**
 * Several sources as one, in buffers that are worth a write: large pieces are passed on as they are, and what is below
 * {@value #MIN_WRITE} bytes is copied together with its neighbours. Only the last buffer may be smaller. The buffer for these copies
 * is filled again as soon as its reader has closed it. Closing the source closes its sources.
 *
 * <p>Buffers for copies are shared by all sources of the process and used again: Jetty keeps a reference to the first buffer of a request
 * until its response has ended, so a new one on the heap would stay there for as long as the upstream works.
 */
public final class GatheringSource implements BufferSource {

    /** The smallest buffer that is passed on without a copy, in bytes. */
    static final int MIN_WRITE = 16 * 1024;
    private static final int GATHERED = BufferBudget.SMALL_PIECE;
    /** For 256 requests that are being sent at once; further requests use the heap. */
    private static final BufferBudget COPIES = new BufferBudget(256L * GATHERED);

    private final List<? extends BufferSource> sources;
    private final Iterator<? extends BufferSource> next;
    private final int gatheredSize;
    private @Nullable BufferSource current;
    private @Nullable PooledBuffer piece;
    private @Nullable PooledBuffer gathered;

    /**
     * Gathers these sources.
     *
     * @param length the number of bytes of all sources together
     */
    public GatheringSource(List<? extends BufferSource> sources, long length) {
        this.sources = List.copyOf(sources);
        this.next = this.sources.iterator();
        this.gatheredSize = (int) Math.min(GATHERED, length);
    }

    @Override
    public @Nullable PooledBuffer next() throws IOException {
        PooledBuffer first = piece();
        if (first == null) {
            return null;
        }
        if (first.bytes().remaining() >= MIN_WRITE) {
            piece = null;
            return first;
        }
        PooledBuffer target = empty();
        ByteBuffer bytes = target.bytes();
        for (PooledBuffer more = first; more != null && isWorthCopying(more, bytes); more = piece()) {
            copy(more.bytes(), bytes);
        }
        bytes.flip();
        return target.share();
    }

    /** Whether the copies have space, and are below the smallest write or would be followed by a smaller one. */
    private static boolean isWorthCopying(PooledBuffer more, ByteBuffer copies) {
        return copies.hasRemaining()
                && (copies.position() < MIN_WRITE || more.bytes().remaining() < MIN_WRITE);
    }

    private static void copy(ByteBuffer source, ByteBuffer target) {
        int count = Math.min(source.remaining(), target.remaining());
        target.put(target.position(), source, source.position(), count);
        target.position(target.position() + count);
        source.position(source.position() + count);
    }

    /** The next piece with bytes; it stays the next one until all its bytes are taken. */
    private @Nullable PooledBuffer piece() throws IOException {
        while (true) {
            PooledBuffer present = piece;
            if (present != null && present.bytes().hasRemaining()) {
                return present;
            }
            if (present != null) {
                present.close();
                piece = null;
            }
            BufferSource source = current == null ? nextSource() : current;
            if (source == null) {
                return null;
            }
            piece = source.next();
            if (piece == null) {
                source.close();
                current = null;
            }
        }
    }

    private @Nullable BufferSource nextSource() {
        current = next.hasNext() ? next.next() : null;
        return current;
    }

    private PooledBuffer empty() {
        PooledBuffer present = gathered;
        if (present != null && present.isUnshared()) {
            present.bytes().clear();
            return present;
        }
        if (present != null) {
            present.close();
        }
        PooledBuffer made = COPIES.tryTake(gatheredSize).orElseGet(() -> PooledBuffer.unpooled(gatheredSize));
        gathered = made;
        return made;
    }

    /** The bytes of all buffers for copies that are in use. */
    static long copiesInUse() {
        return COPIES.inUse();
    }

    @Override
    public void close() {
        PooledBuffer present = piece;
        piece = null;
        if (present != null) {
            present.close();
        }
        PooledBuffer copies = gathered;
        gathered = null;
        if (copies != null) {
            copies.close();
        }
        sources.forEach(BufferSource::close);
    }
}
