package dev.retouch.server.idempotency;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.answer.AnswerStorageException;
import dev.retouch.server.bytes.BufferSink;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation;

/**
 * Writes a body to a file while readers copy it to a client. The writer never waits for a reader; each write wakes the
 * readers. A reader works after the file was stored elsewhere. Closing the stream deletes the file if it was not stored.
 */
final class RecordingOutputStream extends OutputStream implements BufferSink {

    private static final Logger LOG = LoggerFactory.getLogger(RecordingOutputStream.class);

    private final Path file;
    private final FileChannel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private volatile Map<String, String> trailers = Map.of();
    private long length;
    /** The bytes that readers may have. */
    private long shown;
    private boolean heldBack;
    private boolean sealed;
    private boolean ended;
    private boolean whole;
    private @Nullable Exception failure;

    RecordingOutputStream(Path file) throws IOException {
        this.file = file;
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    }

    Path file() {
        return file;
    }

    long length() {
        lock.lock();
        try {
            return length;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[]{(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int count) throws IOException {
        write(ByteBuffer.wrap(source, offset, count));
    }

    /** Writes bytes. After the end, and once the body is sealed, they are dropped: only keep-alive comments follow. */
    @Override
    public void write(ByteBuffer bytes) throws IOException {
        lock.lock();
        try {
            if (ended || sealed) {
                bytes.position(bytes.limit());
                return;
            }
            int count = bytes.remaining();
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            length += count;
            shown = heldBack ? shown : length;
            grown.signalAll();
        } catch (IOException e) {
            throw new AnswerStorageException(e);
        } finally {
            lock.unlock();
        }
    }

    /** Drops what is written from now on, because the body is complete and about to be stored. */
    void seal() {
        lock.lock();
        try {
            sealed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Keeps what is written from now on from readers, until the body is complete and stored. */
    void holdBack() {
        lock.lock();
        try {
            heldBack = true;
        } finally {
            lock.unlock();
        }
    }

    /** Signals that the body is complete and stored, with the trailers of the response. */
    void end(Map<String, String> newTrailers) {
        trailers = Map.copyOf(newTrailers);
        end(true);
    }

    /** The trailers, after the body is complete. */
    Map<String, String> trailers() {
        return trailers;
    }

    /**
     * Signals that the body ended incomplete, or could not be stored. Has no effect after its end.
     *
     * @param cause the reason, for those who wait for the end; null if it is unknown
     */
    void breakOff(@Nullable Exception cause) {
        lock.lock();
        try {
            failure = ended ? failure : cause;
        } finally {
            lock.unlock();
        }
        end(false);
    }

    private void end(boolean isWhole) {
        lock.lock();
        try {
            whole = ended ? whole : isWhole;
            ended = true;
            shown = whole ? length : shown;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Opens a reader of the body, as long as its file is here. The caller closes it. */
    Reader newReader() throws IOException {
        return new Reader(Files.newInputStream(file));
    }

    /** Reads the body once, while it is written or afterwards. */
    final class Reader implements AutoCloseable {

        private final InputStream in;

        private Reader(InputStream in) {
            this.in = in;
        }

        /**
         * Copies the body while it is written, and flushes whenever no further bytes are available.
         *
         * @param client canceled if the client disconnects
         */
        void copyTo(OutputStream out, Cancellation client) throws IOException {
            byte[] buffer = new byte[16 * 1024];
            long copied = 0;
            for (long there = awaited(0, client); there > copied; there = awaited(copied, client)) {
                while (copied < there) {
                    int count = in.read(buffer, 0, (int) Math.min(buffer.length, there - copied));
                    if (count < 0) {
                        throw new IOException("the file of a response became shorter");
                    }
                    out.write(buffer, 0, count);
                    copied += count;
                }
                out.flush();
            }
        }

        private long awaited(long known, Cancellation client) throws IOException {
            try {
                return more(known, client);
            } catch (CanceledException e) {
                throw new IOException("the client disconnected", e);
            }
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    /**
     * Waits until the body is complete and stored.
     *
     * @param client canceled if the client disconnects
     * @throws IOException if the body ended incomplete or could not be stored; its cause is the reason, if that is known
     */
    void awaitEnd(Cancellation client) throws IOException {
        do {
            more(shown(), client);
        } while (!isOver());
    }

    private boolean isOver() {
        lock.lock();
        try {
            return ended;
        } finally {
            lock.unlock();
        }
    }

    private long shown() {
        lock.lock();
        try {
            return shown;
        } finally {
            lock.unlock();
        }
    }

    /** Waits until readers may have more bytes than the known number or the body has ended; returns how many they may have. */
    private long more(long known, Cancellation client) throws IOException {
        boolean brokenOff = client.interruptibly(() -> {
            lock.lockInterruptibly();
            try {
                while (shown == known && !ended) {
                    grown.await();
                }
                return shown == known && !whole;
            } finally {
                lock.unlock();
            }
        });
        if (brokenOff) {
            throw new IOException("the response ended incomplete", failure());
        }
        return shown();
    }

    private @Nullable Exception failure() {
        lock.lock();
        try {
            return failure;
        } finally {
            lock.unlock();
        }
    }

    @Override
    public void close() throws IOException {
        breakOff(null);
        channel.close();
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            LOG.warn("file of a response not removed file={}", file, e);
        }
    }
}
