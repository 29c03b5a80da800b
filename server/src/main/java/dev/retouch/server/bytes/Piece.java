package dev.retouch.server.bytes;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/** Memory with the number of its views. Thread-safe. */
final class Piece {

    private final ByteBuffer memory;
    private final Consumer<Piece> released;
    private final AtomicInteger holds = new AtomicInteger(1);

    /**
     * Memory with one view.
     *
     * @param released is called when the last view is closed
     */
    Piece(ByteBuffer memory, Consumer<Piece> released) {
        this.memory = memory;
        this.released = released;
    }

    ByteBuffer memory() {
        return memory;
    }

    boolean isHeldOnce() {
        return holds.get() == 1;
    }

    void hold() {
        holds.incrementAndGet();
    }

    void release() {
        if (holds.decrementAndGet() == 0) {
            released.accept(this);
        }
    }
}
