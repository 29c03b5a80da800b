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

import dev.retouch.server.intake.CanceledException;
import dev.retouch.server.intake.Cancellation;

/**
 * A body on its way into a file, and on to a client that reads along. The one who writes waits for nobody; the one who reads is
 * woken by what is written.
 */
final class Recording extends OutputStream {

    private final Path file;
    private final FileChannel channel;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();
    private volatile Map<String, String> trailers = Map.of();
    private long length;
    private boolean ended;
    private boolean whole;

    Recording(Path file) throws IOException {
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
        ByteBuffer bytes = ByteBuffer.wrap(source, offset, count);
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        lock.lock();
        try {
            length += count;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Has everything on the disk when it returns. */
    void force() throws IOException {
        channel.force(true);
    }

    /** Says that the body is whole and kept, and what is told after it. */
    void end(Map<String, String> told) {
        trailers = Map.copyOf(told);
        end(true);
    }

    /** What is told after the body, once it is whole. */
    Map<String, String> trailers() {
        return trailers;
    }

    /** Says that no more will come, and that what came is not all. No effect where it has ended. */
    void breakOff() {
        end(false);
    }

    private void end(boolean isWhole) {
        lock.lock();
        try {
            whole = ended ? whole : isWhole;
            ended = true;
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Passes the body on while it comes, and flushes whenever there is no more for now.
     *
     * @param client ended when nobody reads any more
     */
    void copyTo(OutputStream out, Cancellation client) throws IOException {
        byte[] buffer = new byte[16 * 1024];
        long copied = 0;
        try (InputStream in = Files.newInputStream(file)) {
            for (long there = more(copied, client); there > copied; there = more(copied, client)) {
                while (copied < there) {
                    int count = in.read(buffer, 0, (int) Math.min(buffer.length, there - copied));
                    if (count < 0) {
                        throw new IOException("the file of an answer became shorter");
                    }
                    out.write(buffer, 0, count);
                    copied += count;
                }
                out.flush();
            }
        }
    }

    /**
     * Waits until the body is whole and kept.
     *
     * @param client ended when nobody reads any more
     */
    void awaitEnd(Cancellation client) throws IOException {
        do {
            more(length(), client);
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

    /** How much there is, once that is more than was known or no more will come. */
    private long more(long known, Cancellation client) throws IOException {
        try {
            boolean brokenOff = client.interruptibly(() -> {
                lock.lockInterruptibly();
                try {
                    while (length == known && !ended) {
                        grown.await();
                    }
                    return length == known && !whole;
                } finally {
                    lock.unlock();
                }
            });
            if (brokenOff) {
                throw new IOException("the answer broke off");
            }
        } catch (CanceledException e) {
            throw new IOException("nobody reads any more", e);
        }
        return length();
    }

    @Override
    public void close() throws IOException {
        breakOff();
        channel.close();
    }
}
