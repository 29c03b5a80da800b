package dev.retouch.server.hosting;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.UnaryOperator;

/** Reads a stored text and signs the links to hosted files in it anew. */
final class RenewingInputStream extends FilterInputStream {

    private static final int CHUNK = 32 * 1024;

    private final UnaryOperator<String> renewed;
    private final int maxLink;
    private byte[] ready = new byte[0];
    private int position;
    private String carried = "";
    private boolean ended;

    /**
     * Reads a text.
     *
     * @param renewed signs the links of a text anew
     * @param maxLink no link is longer
     */
    RenewingInputStream(InputStream in, UnaryOperator<String> renewed, int maxLink) {
        super(in);
        this.renewed = renewed;
        this.maxLink = maxLink;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        while (position == ready.length && !ended) {
            fill();
        }
        if (position == ready.length) {
            return length == 0 ? 0 : -1;
        }
        int count = Math.min(length, ready.length - position);
        System.arraycopy(ready, position, target, offset, count);
        position += count;
        return count;
    }

    /** What is carried over is text that has been renewed, so that a link is never changed in one half only. */
    private void fill() throws IOException {
        byte[] chunk = in.readNBytes(CHUNK);
        ended = chunk.length < CHUNK;
        String text = renewed.apply(carried + new String(chunk, StandardCharsets.ISO_8859_1));
        int end = ended ? text.length() : Math.max(0, text.length() - maxLink);
        ready = text.substring(0, end).getBytes(StandardCharsets.ISO_8859_1);
        position = 0;
        carried = text.substring(end);
    }

    @Override
    public int available() {
        return ready.length - position;
    }

    @Override
    public long skip(long count) throws IOException {
        long skipped = 0;
        while (skipped < count && read() >= 0) {
            skipped++;
        }
        return skipped;
    }
}
