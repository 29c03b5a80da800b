package dev.retouch.server.bytes;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

/**
 * The direct memory that all requests of an instance share. Pieces are large while less than half of the budget is used, and small
 * beyond. Memory is allocated when it is first needed, and used again. No caller waits for memory: if the budget is used up, the caller
 * continues without. Thread-safe.
 */
public final class BufferBudget {

    /** Size of a large piece in bytes. */
    public static final int PIECE = 128 * 1024;
    /** Size of a small piece in bytes. */
    public static final int SMALL_PIECE = 32 * 1024;

    private static final byte[] OVERWRITTEN = "closed! ".repeat(512).getBytes(StandardCharsets.US_ASCII);

    private final Deque<Slab> free = new ArrayDeque<>();
    /** Slabs of which some small pieces are given out, and some are not. */
    private final Set<Slab> divided = new LinkedHashSet<>();
    private final long half;
    private int maxSlabs;
    private int slabs;
    private long inUse;

    /**
     * A budget.
     *
     * @param maxBytes the most memory in bytes, rounded down to large pieces
     */
    public BufferBudget(long maxBytes) {
        this.maxSlabs = (int) Math.min(Integer.MAX_VALUE, maxBytes / PIECE);
        this.half = maxBytes / 2;
    }

    /**
     * Takes a piece, to be written from its first byte on. The caller closes it.
     *
     * @param expected how many bytes the caller has; for few of them the piece is small
     * @return empty if the budget is used up
     */
    public synchronized Optional<PooledBuffer> tryTake(long expected) {
        Slab whole = expected > SMALL_PIECE && inUse < half ? freeSlab() : null;
        if (whole != null) {
            inUse += PIECE;
            return Optional.of(view(new Piece(whole.whole(), _ -> giveBack(whole))));
        }
        Slab slab = divided.isEmpty() ? freeSlab() : divided.iterator().next();
        if (slab == null) {
            return Optional.empty();
        }
        int part = slab.takePart();
        if (slab.hasPart()) {
            divided.add(slab);
        } else {
            divided.remove(slab);
        }
        inUse += SMALL_PIECE;
        return Optional.of(view(new Piece(slab.part(part), _ -> giveBack(slab, part))));
    }

    private static PooledBuffer view(Piece piece) {
        return new PooledBuffer(piece, piece.memory());
    }

    private @Nullable Slab freeSlab() {
        Slab slab = free.poll();
        if (slab == null && slabs < maxSlabs) {
            try {
                slab = new Slab();
                slabs++;
            } catch (OutOfMemoryError e) {
                maxSlabs = slabs; // -XX:MaxDirectMemorySize is lower than the setting: the rest goes to files
            }
        }
        return slab;
    }

    private synchronized void giveBack(Slab slab) {
        assert overwrite(slab.whole());
        inUse -= PIECE;
        free.push(slab);
    }

    private synchronized void giveBack(Slab slab, int part) {
        assert overwrite(slab.part(part));
        inUse -= SMALL_PIECE;
        slab.givePart(part);
        if (slab.isFree()) {
            divided.remove(slab);
            free.push(slab);
        } else {
            divided.add(slab);
        }
    }

    /** Where assertions are enabled, as in tests, bytes that are read after their buffer was closed are wrong. */
    private static boolean overwrite(ByteBuffer memory) {
        while (memory.remaining() >= OVERWRITTEN.length) {
            memory.put(OVERWRITTEN);
        }
        return true;
    }

    /** The bytes of all pieces that are in use. */
    public synchronized long inUse() {
        return inUse;
    }

    /** The bytes that were allocated; they stay allocated. */
    public synchronized long allocated() {
        return (long) slabs * PIECE;
    }
}
