package dev.retouch.server.answer;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Finds the end of base64 text inside a JSON string, in place and without copying. Compares eight bytes per step and four steps per
 * branch, because every byte of every image passes through here.
 */
public final class AnswerScanner {

    /** Base64, and the text of a {@code data:} prefix, consist of bytes from here on; a quote, white space and control characters do not. */
    private static final int FIRST_PLAIN = '#';
    private static final long ONES = 0x0101_0101_0101_0101L;
    private static final long HIGH_BITS = 0x8080_8080_8080_8080L;
    private static final long BELOW_PLAIN = ONES * FIRST_PLAIN;
    private static final long BACKSLASHES = ONES * '\\';
    private static final int WORD = Long.BYTES;
    private static final int STRIDE = 4 * WORD;
    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    private AnswerScanner() {}

    /**
     * The index of the first byte that is not plain: a quote, a backslash, white space, {@code !} or a control character.
     *
     * @return {@code to} where all bytes are plain
     */
    public static int indexOfSpecial(ByteBuffer buffer, int from, int to) {
        if (buffer.hasArray()) {
            int offset = buffer.arrayOffset();
            return indexOfSpecial(buffer.array(), offset + from, offset + to) - offset;
        }
        boolean swap = buffer.order() == ByteOrder.BIG_ENDIAN;
        int index = from;
        for (; index <= to - STRIDE; index += STRIDE) {
            long found = special(word(buffer, index, swap)) | special(word(buffer, index + WORD, swap))
                    | special(word(buffer, index + 2 * WORD, swap)) | special(word(buffer, index + 3 * WORD, swap));
            if (found != 0) {
                break;
            }
        }
        for (; index <= to - WORD; index += WORD) {
            long found = special(word(buffer, index, swap));
            if (found != 0) {
                return index + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (index < to && isPlain(buffer.get(index))) {
            index++;
        }
        return index;
    }

    private static int indexOfSpecial(byte[] bytes, int from, int to) {
        int index = from;
        for (; index <= to - STRIDE; index += STRIDE) {
            long found = special((long) WORDS.get(bytes, index)) | special((long) WORDS.get(bytes, index + WORD))
                    | special((long) WORDS.get(bytes, index + 2 * WORD))
                    | special((long) WORDS.get(bytes, index + 3 * WORD));
            if (found != 0) {
                break;
            }
        }
        for (; index <= to - WORD; index += WORD) {
            long found = special((long) WORDS.get(bytes, index));
            if (found != 0) {
                return index + (Long.numberOfTrailingZeros(found) >>> 3);
            }
        }
        while (index < to && isPlain(bytes[index])) {
            index++;
        }
        return index;
    }

    private static long word(ByteBuffer buffer, int index, boolean swap) {
        long word = buffer.getLong(index);
        return swap ? Long.reverseBytes(word) : word;
    }

    /** Sets the highest bit of each byte that is not plain; bits above the lowest one set may be wrong, because subtracting borrows. */
    private static long special(long word) {
        long backslash = word ^ BACKSLASHES;
        return (((word - BELOW_PLAIN) & ~word) | ((backslash - ONES) & ~backslash)) & HIGH_BITS;
    }

    private static boolean isPlain(byte value) {
        return (value >= FIRST_PLAIN || value < 0) && value != '\\';
    }
}
