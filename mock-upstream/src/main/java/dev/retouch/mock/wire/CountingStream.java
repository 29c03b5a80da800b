package dev.retouch.mock.wire;

import java.io.OutputStream;

/** Counts the written bytes and discards them. */
final class CountingStream extends OutputStream {

    private long bytes;

    @Override
    public void write(int b) {
        bytes++;
    }

    @Override
    public void write(byte[] b, int offset, int length) {
        bytes += length;
    }

    long bytes() {
        return bytes;
    }
}
