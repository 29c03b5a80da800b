package dev.retouch.mock.wire;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletionException;

import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Response;

/**
 * Writes an answer in large pieces and never writes the last byte before {@link #close}: what must be true when the client has the
 * whole answer (the journal is written, the files are gone) is made true by {@code beforeLast}.
 */
final class AnswerStream extends OutputStream {

    private static final int PIECE = 64 * 1024;

    private final Response response;
    private final Runnable beforeLast;
    private final byte[] buffer = new byte[PIECE];
    private int length;

    AnswerStream(Response response, Runnable beforeLast) {
        this.response = response;
        this.beforeLast = beforeLast;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[]{(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int count) throws IOException {
        int at = offset;
        int left = count;
        while (left > 0) {
            if (length == PIECE) {
                flush();
            }
            int fits = Math.min(left, PIECE - length);
            System.arraycopy(bytes, at, buffer, length, fits);
            length += fits;
            at += fits;
            left -= fits;
        }
    }

    @Override
    public void flush() throws IOException {
        send(false);
    }

    @Override
    public void close() throws IOException {
        beforeLast.run();
        send(true);
    }

    private void send(boolean last) throws IOException {
        ByteBuffer piece = ByteBuffer.wrap(buffer, 0, length);
        try {
            Content.Sink.write(response, last, piece);
        } catch (IOException | CompletionException e) {
            // a new one each time: Jetty throws the same one again, which try-with-resources cannot suppress in itself
            throw new IOException("the answer cannot be written", e);
        }
        length = 0;
    }
}
