package dev.retouch.server.answer;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;

import org.junit.jupiter.api.Test;

import static org.assertj.core.api.Assertions.assertThat;

class AnswerScannerTest {

    @Test
    void findsEachSpecialByteAtEachPlace() {
        for (int special : new int[]{'"', '\\', ' ', '\n', '\r', '\t', 0, 0x1f, '!'}) {
            for (int length = 1; length < 80; length++) {
                for (int at = 0; at < length; at++) {
                    byte[] bytes = plain(length);
                    bytes[at] = (byte) special;
                    assertThat(scan(bytes, 0, length)).as("%s in %s at %s", special, length, at).containsOnly(at);
                }
            }
        }
    }

    @Test
    void passesEverythingThatBase64AndDataPrefixesHave() {
        byte[] bytes = "ABCxyz0189+/=-_;:,.#$%\u00e9\u00ff".repeat(20)
                .getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);

        assertThat(scan(bytes, 0, bytes.length)).containsOnly(bytes.length);
    }

    @Test
    void staysInsideOfItsBounds() {
        byte[] bytes = plain(100);
        bytes[9] = '"';
        bytes[90] = '"';

        assertThat(scan(bytes, 10, 90)).containsOnly(90);
        assertThat(scan(bytes, 9, 90)).containsOnly(9);
        assertThat(scan(bytes, 40, 40)).containsOnly(40);
    }

    @Test
    void findsTheFirstOfSeveralInRandomBytes() {
        SplittableRandom random = new SplittableRandom(12);
        for (int round = 0; round < 2_000; round++) {
            byte[] bytes = new byte[random.nextInt(1, 200)];
            for (int i = 0; i < bytes.length; i++) {
                bytes[i] = (byte) (random.nextInt(60) == 0 ? random.nextInt(256) : random.nextInt('#', 256));
            }
            int expected = 0;
            while (expected < bytes.length && (bytes[expected] & 0xff) >= '#' && bytes[expected] != '\\') {
                expected++;
            }
            assertThat(scan(bytes, 0, bytes.length)).containsOnly(expected);
        }
    }

    /** The result for an array, for a window of an array, and for direct memory in both byte orders. */
    private static int[] scan(byte[] bytes, int from, int to) {
        byte[] shifted = new byte[bytes.length + 3];
        System.arraycopy(bytes, 0, shifted, 3, bytes.length);
        ByteBuffer direct = ByteBuffer.allocateDirect(bytes.length).put(bytes);
        return new int[]{AnswerScanner.indexOfSpecial(ByteBuffer.wrap(bytes), from, to),
                AnswerScanner.indexOfSpecial(ByteBuffer.wrap(shifted, 3, bytes.length).slice(), from, to),
                AnswerScanner.indexOfSpecial(direct.order(ByteOrder.BIG_ENDIAN), from, to),
                AnswerScanner.indexOfSpecial(direct.order(ByteOrder.LITTLE_ENDIAN), from, to)};
    }

    private static byte[] plain(int length) {
        byte[] bytes = new byte[length];
        Arrays.fill(bytes, (byte) 'A');
        return bytes;
    }
}
