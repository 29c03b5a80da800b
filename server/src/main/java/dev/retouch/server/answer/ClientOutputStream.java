package dev.retouch.server.answer;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

import dev.retouch.server.bytes.BufferSink;

/** The way to the caller. Knows whether the caller is still there, and can go on without. */
final class ClientOutputStream extends FilterOutputStream implements BufferSink {

    private final boolean outlasts;
    private final BufferSink sink;
    private boolean gone;

    /**
     * Writes to a caller.
     *
     * @param outlasts whether what is written to a caller who is gone is forgotten, instead of being a failure
     */
    ClientOutputStream(OutputStream out, boolean outlasts) {
        super(out);
        this.outlasts = outlasts;
        this.sink = BufferSink.of(out);
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[]{(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        attempt(() -> out.write(source, offset, length));
    }

    @Override
    public void write(ByteBuffer bytes) throws IOException {
        attempt(() -> sink.write(bytes));
        bytes.position(bytes.limit());
    }

    @Override
    public void flush() throws IOException {
        attempt(out::flush);
    }

    @Override
    public void close() throws IOException {
        // the code that created the underlying stream closes it
    }

    /** Whether writing has failed. */
    boolean isGone() {
        return gone;
    }

    private interface Attempt {
        void run() throws IOException;
    }

    private void attempt(Attempt attempt) throws IOException {
        if (gone && outlasts) {
            return;
        }
        try {
            attempt.run();
        } catch (AnswerStorageException e) {
            throw e; // the client is still there
        } catch (IOException e) {
            gone = true;
            if (!outlasts) {
                throw e;
            }
        }
    }
}
