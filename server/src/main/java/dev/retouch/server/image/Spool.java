package dev.retouch.server.image;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

/**
 * The waiting room of uploaded bytes. Files are unlinked as soon as they are open, so nothing stays behind, not even
 * when the process is killed.
 */
public final class Spool {

    private static final int FIRST_BUFFER = 8 * 1024;

    private final Path folder;
    private final int memoryLimit;

    /**
     * A spool.
     *
     * @param folder where files go; made if it does not exist
     * @param memoryLimit how many bytes of one image may stay in memory
     */
    public Spool(Path folder, int memoryLimit) throws IOException {
        this.folder = Files.createDirectories(folder);
        this.memoryLimit = memoryLimit;
    }

    /** Room for one image. Closing it without {@link Writer#finish} gives the room back. */
    public Writer newWriter() {
        return new Writer();
    }

    /** Takes the bytes of one image. Not for several threads. */
    public final class Writer extends OutputStream {

        private byte[] memory = new byte[Math.min(FIRST_BUFFER, memoryLimit)];
        private int inMemory;
        private @Nullable FileChannel file;
        private long size;
        private boolean finished;

        private Writer() {}

        @Override
        public void write(int value) throws IOException {
            write(new byte[]{(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            size += length;
            if (file == null && size <= memoryLimit) {
                if (size > memory.length) {
                    memory = Arrays.copyOf(memory, (int) Math.min(memoryLimit, Math.max(size, 2L * memory.length)));
                }
                System.arraycopy(source, offset, memory, inMemory, length);
                inMemory += length;
                return;
            }
            writeFully(file(), ByteBuffer.wrap(source, offset, length));
        }

        /** How many bytes came so far. */
        public long size() {
            return size;
        }

        /** The image; the caller closes it. */
        public ImageBytes finish() {
            finished = true;
            return file == null ? new ImageBytes(Arrays.copyOf(memory, inMemory)) : new ImageBytes(file, size);
        }

        @Override
        public void close() throws IOException {
            if (!finished && file != null) {
                file.close();
            }
        }

        private FileChannel file() throws IOException {
            FileChannel open = file;
            if (open == null) {
                open = FileChannel.open(folder.resolve(UUID.randomUUID() + ".part"), StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.DELETE_ON_CLOSE);
                file = open;
                writeFully(open, ByteBuffer.wrap(memory, 0, inMemory));
                memory = new byte[0];
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
