package dev.retouch.server.answer;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/** Decodes base64 text, in the standard or the URL-safe alphabet, into a stream: a block at a time and into the same array. */
final class Base64Sink {

    private static final int BLOCK = 16 * 1024;

    private final OutputStream out;
    private final byte[] block = new byte[BLOCK];
    private final byte[] decoded = new byte[BLOCK / 4 * 3];
    private int length;

    Base64Sink(OutputStream out) {
        this.out = out;
    }

    /** Decodes the next characters. */
    void accept(ByteBuffer text) throws IOException {
        while (text.hasRemaining()) {
            int step = Math.min(text.remaining(), BLOCK - length);
            text.get(block, length, step);
            length += step;
            if (length == BLOCK) {
                decode(block);
            }
        }
    }

    /** Decodes what is left. */
    void finish() throws IOException {
        decode(Arrays.copyOf(block, length));
    }

    /** The bytes of a short text; none where it is not base64. */
    static byte[] decoded(byte[] text) {
        try {
            return Base64.getDecoder().decode(standard(text));
        } catch (IllegalArgumentException e) {
            return new byte[0];
        }
    }

    private void decode(byte[] text) throws IOException {
        int count;
        try {
            count = Base64.getDecoder().decode(text, decoded);
        } catch (IllegalArgumentException e) {
            byte[] again = decoded(text);
            if (again.length == 0) {
                throw new MalformedAnswerException("an image that is not base64");
            }
            System.arraycopy(again, 0, decoded, 0, again.length);
            count = again.length;
        }
        length = 0;
        try {
            out.write(decoded, 0, count);
        } catch (IOException e) {
            throw new AnswerStorageException(e);
        }
    }

    /** The same text in the standard alphabet. Only for text that is known not to be in it already, or to be short. */
    private static byte[] standard(byte[] text) {
        byte[] standard = text.clone();
        for (int i = 0; i < standard.length; i++) {
            standard[i] = switch (standard[i]) {
                case '-' -> '+';
                case '_' -> '/';
                default -> standard[i];
            };
        }
        return standard;
    }
}
