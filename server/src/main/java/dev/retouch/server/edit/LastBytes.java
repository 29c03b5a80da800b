package dev.retouch.server.edit;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;

/** Passes everything on but what was written last, so that nobody has the whole before {@link #release}. */
final class LastBytes extends OutputStream {

    private final OutputStream out;
    private byte[] held = new byte[0];

    LastBytes(OutputStream out) {
        this.out = out;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[]{(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
        if (length == 0) {
            return;
        }
        byte[] before = held;
        held = Arrays.copyOfRange(source, offset, offset + length);
        out.write(before);
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    /** Lets the rest go. */
    void release() throws IOException {
        out.write(held);
        held = new byte[0];
        out.flush();
    }
}
