package dev.retouch.server.bytes;

import java.nio.ByteBuffer;

/** The memory of one large piece, which may be given out as small pieces instead. Guarded by its budget. */
final class Slab {

    private static final int PARTS = BufferBudget.PIECE / BufferBudget.SMALL_PIECE;
    private static final int ALL = (1 << PARTS) - 1;

    private final ByteBuffer memory = ByteBuffer.allocateDirect(BufferBudget.PIECE);
    /** A bit for each small piece that is not given out. */
    private int free = ALL;

    /** All of the memory, which must be free. */
    ByteBuffer whole() {
        return memory.duplicate();
    }

    /** The index of a small piece that is now given out; the slab must have one. */
    int takePart() {
        int part = Integer.numberOfTrailingZeros(free);
        free &= ~(1 << part);
        return part;
    }

    /** The memory of a small piece. */
    ByteBuffer part(int part) {
        return memory.slice(part * BufferBudget.SMALL_PIECE, BufferBudget.SMALL_PIECE);
    }

    void givePart(int part) {
        free |= 1 << part;
    }

    boolean hasPart() {
        return free != 0;
    }

    boolean isFree() {
        return free == ALL;
    }
}
