package dev.retouch.server.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.bytes.BufferBudget;
import dev.retouch.server.bytes.BufferSink;
import dev.retouch.server.bytes.PooledBuffer;

/**
 * Stores uploaded bytes: in memory while an image is small and the budget has room, in a file otherwise. Files are unlinked when they are
 * opened, so none remains after the process ends, however it ends.
 */
public final class Spool {

    private static final long OWN_BUDGET = 32L << 20;

    private final Path folder;
    private final int memoryLimit;
    private final BufferBudget budget;

    /** A spool that shares its memory with no other. */
    public Spool(Path folder, int memoryLimit) throws IOException {
        this(folder, memoryLimit, new BufferBudget(OWN_BUDGET));
    }

    /**
     * A spool.
     *
     * @param folder folder of the files; created if it does not exist
     * @param memoryLimit maximum size of an image in memory, in bytes
     * @param budget the memory of all images together
     */
    public Spool(Path folder, int memoryLimit, BufferBudget budget) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.memoryLimit = memoryLimit;
        this.budget = budget;
    }

    /** A writer for one image. Closing it without {@link Writer#finish} discards the image. */
    public Writer newWriter() {
        return new Writer();
    }

    /** Receives the bytes of one image. Not thread-safe. */
    public final class Writer extends OutputStream implements BufferSink {

        /** The image so far; if it is in a file, the bytes that are not written yet. The last one has space. */
        private final List<PooledBuffer> pieces = new ArrayList<>();
        private @Nullable FileChannel file;
        private long size;
        private boolean over;

        private Writer() {}

        @Override
        public void write(int value) throws IOException {
            write(new byte[]{(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            write(ByteBuffer.wrap(source, offset, length));
        }

        @Override
        public void write(ByteBuffer source) throws IOException {
            if (over) {
                throw new ClosedChannelException();
            }
            size += source.remaining();
            if (size > memoryLimit) {
                file();
            }
            while (source.hasRemaining()) {
                Optional<PooledBuffer> space = space();
                if (space.isPresent()) {
                    copy(source, space.get().bytes());
                } else {
                    flush(file());
                    if (pieces.isEmpty()) {
                        writeFully(file(), source);
                    }
                }
            }
        }

        /** A piece with space; empty if the bytes before it have to be written to the file first. */
        private Optional<PooledBuffer> space() {
            if (!pieces.isEmpty()) {
                PooledBuffer last = pieces.getLast();
                if (last.bytes().hasRemaining()) {
                    return Optional.of(last);
                }
                if (file != null) {
                    return Optional.empty();
                }
            }
            Optional<PooledBuffer> taken = budget.tryTake(size);
            taken.ifPresent(pieces::add);
            return taken;
        }

        private static void copy(ByteBuffer source, ByteBuffer target) {
            int count = Math.min(source.remaining(), target.remaining());
            target.put(target.position(), source, source.position(), count);
            target.position(target.position() + count);
            source.position(source.position() + count);
        }

        /** Number of bytes received. */
        public long size() {
            return size;
        }

        /** Returns the image, which the caller of this method closes. */
        public ImageBytes finish() throws IOException {
            FileChannel open = file;
            if (open != null) {
                flush(open);
                releaseMemory();
                over = true;
                return new ImageBytes(open, size, Optional.of(budget));
            }
            over = true;
            pieces.forEach(piece -> piece.bytes().flip());
            return new ImageBytes(pieces, size);
        }

        @Override
        public void close() throws IOException {
            if (over) {
                return;
            }
            over = true;
            releaseMemory();
            if (file != null) {
                file.close();
            }
        }

        private void releaseMemory() {
            pieces.forEach(PooledBuffer::close);
            pieces.clear();
        }

        /** Writes what is in memory, and keeps one piece for the bytes to come. */
        private void flush(FileChannel target) throws IOException {
            for (PooledBuffer piece : pieces) {
                writeFully(target, piece.bytes().flip());
                piece.bytes().clear();
            }
            while (pieces.size() > 1) {
                pieces.removeFirst().close();
            }
        }

        private FileChannel file() throws IOException {
            FileChannel open = file;
            if (open == null) {
                open = FileChannel.open(folder.resolve(UUID.randomUUID() + ".part"), StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
                file = open;
                flush(open);
            }
            return open;
        }

        private static void writeFully(FileChannel channel, ByteBuffer bytes) throws IOException {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
