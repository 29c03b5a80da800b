package dev.retouch.server.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;

import dev.retouch.server.bytes.BufferBudget;
import dev.retouch.server.bytes.BufferSource;
import dev.retouch.server.bytes.PooledBuffer;

/**
 * The bytes of one uploaded file, readable from the start any number of times, by several readers concurrently. Whether they are in
 * memory or in a file is hidden from other packages. Closing it releases the memory or the file: a later read fails, and a buffer that
 * {@link #source} has returned before stays valid until it is closed.
 */
public final class ImageBytes implements AutoCloseable {

    private final Content content;
    private final long size;
    private final AtomicBoolean closed = new AtomicBoolean();

    /** Where the bytes are. */
    private sealed interface Content {}

    private record InMemory(List<PooledBuffer> pieces) implements Content {}

    /**
     * A budget that is empty gives none of its memory to the readers of the file. The last of its holders closes the file; no further
     * one is added to a file without holders.
     */
    private record InFile(FileChannel channel, Optional<BufferBudget> budget, AtomicInteger holders)
            implements
                Content {}

    private ImageBytes(Content content, long size) {
        this.content = content;
        this.size = size;
    }

    /** Bytes in memory. Each piece is full from its position to its limit, and belongs to the image. */
    ImageBytes(List<PooledBuffer> pieces, long size) {
        this(new InMemory(List.copyOf(pieces)), size);
    }

    /** Bytes in a file, which {@link #source} reads into memory of this budget. */
    ImageBytes(FileChannel file, long size, Optional<BufferBudget> budget) {
        this(new InFile(file, budget, new AtomicInteger(1)), size);
    }

    /** Bytes that are in memory. */
    public static ImageBytes of(byte[] bytes) {
        return new ImageBytes(List.of(PooledBuffer.wrapping(bytes.clone())), bytes.length);
    }

    /** The bytes of an existing file, which {@link #close} does not delete. */
    public static ImageBytes of(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        return new ImageBytes(channel, channel.size(), Optional.empty());
    }

    /**
     * Returns the same bytes for a further holder, who closes them. They are released when both are closed.
     *
     * @throws ClosedChannelException if they are released already
     */
    public ImageBytes share() throws ClosedChannelException {
        return new ImageBytes(switch (content) {
            case InMemory memory -> shared(memory);
            case InFile file -> {
                if (file.holders().getAndUpdate(count -> count == 0 ? 0 : count + 1) == 0) {
                    throw new ClosedChannelException();
                }
                yield file;
            }
        }, size);
    }

    private static InMemory shared(InMemory memory) throws ClosedChannelException {
        List<PooledBuffer> views = new ArrayList<>();
        try {
            for (PooledBuffer piece : memory.pieces()) {
                views.add(piece.share());
            }
            return new InMemory(List.copyOf(views));
        } catch (ClosedChannelException e) {
            views.forEach(PooledBuffer::close);
            throw e;
        }
    }

    /** Size in bytes. */
    public long size() {
        return size;
    }

    /** Whether the bytes are in memory. */
    public boolean isInMemory() {
        return content instanceof InMemory;
    }

    /** Opens a stream at the first byte. */
    public InputStream open() {
        return switch (content) {
            case InMemory memory -> new PiecesInputStream(memory.pieces(), size);
            case InFile file -> new FileRangeInputStream(file.channel(), size);
        };
    }

    /** Opens a source at the first byte. Bytes in memory are passed on without a copy. */
    public BufferSource source() {
        return switch (content) {
            case InMemory memory -> new PiecesSource(memory.pieces());
            case InFile file -> new FileSource(file.channel(), size, file.budget());
        };
    }

    private void close(InFile file) {
        if (closed.getAndSet(true) || file.holders().decrementAndGet() > 0) {
            return;
        }
        try {
            file.channel().close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        switch (content) {
            case InMemory memory -> memory.pieces().forEach(PooledBuffer::close);
            case InFile file -> close(file);
        }
    }
}
