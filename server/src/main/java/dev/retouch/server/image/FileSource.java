package dev.retouch.server.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.bytes.BufferBudget;
import dev.retouch.server.bytes.BufferSource;
import dev.retouch.server.bytes.PooledBuffer;

/**
 * Reads a file into one buffer, which is filled again as soon as its reader has closed it. The buffer is from the heap if the budget is
 * used up.
 */
final class FileSource implements BufferSource {

    private final FileChannel channel;
    private final long size;
    private final Optional<BufferBudget> budget;
    private @Nullable PooledBuffer buffer;
    private long position;

    FileSource(FileChannel channel, long size, Optional<BufferBudget> budget) {
        this.channel = channel;
        this.size = size;
        this.budget = budget;
    }

    @Override
    public @Nullable PooledBuffer next() throws IOException {
        if (position == size) {
            return null;
        }
        PooledBuffer filled = unshared();
        ByteBuffer bytes = filled.bytes().clear();
        bytes.limit((int) Math.min(bytes.capacity(), size - position));
        while (bytes.hasRemaining()) {
            int count = channel.read(bytes, position);
            if (count < 0) {
                throw new EOFException("a file in the spool is shorter than it was");
            }
            position += count;
        }
        bytes.flip();
        return filled.share();
    }

    private PooledBuffer unshared() {
        PooledBuffer present = buffer;
        if (present != null && present.isUnshared()) {
            return present;
        }
        close();
        PooledBuffer taken = budget.flatMap(memory -> memory.tryTake(size - position))
                .orElseGet(() -> PooledBuffer
                        .unpooled((int) Math.min(BufferBudget.SMALL_PIECE, size - position)));
        buffer = taken;
        return taken;
    }

    @Override
    public void close() {
        PooledBuffer present = buffer;
        buffer = null;
        if (present != null) {
            present.close();
        }
    }
}
