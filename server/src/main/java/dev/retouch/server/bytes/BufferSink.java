package dev.retouch.server.bytes;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;

/** Receives bytes in order. */
public interface BufferSink {

    /** Takes all bytes between the position and the limit, and moves the position to the limit. Keeps no reference to the buffer. */
    void write(ByteBuffer bytes) throws IOException;

    /** The stream itself if it takes buffers; otherwise bytes that are not in an array are copied for it. */
    static BufferSink of(OutputStream out) {
        return out instanceof BufferSink sink ? sink : bytes -> copy(bytes, out);
    }

    private static void copy(ByteBuffer bytes, OutputStream out) throws IOException {
        if (bytes.hasArray()) {
            out.write(bytes.array(), bytes.arrayOffset() + bytes.position(), bytes.remaining());
            bytes.position(bytes.limit());
            return;
        }
        byte[] piece = new byte[Math.min(bytes.remaining(), BufferBudget.SMALL_PIECE)];
        while (bytes.hasRemaining()) {
            int count = Math.min(bytes.remaining(), piece.length);
            bytes.get(piece, 0, count);
            out.write(piece, 0, count);
        }
    }
}
