package dev.retouch.server.intake;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Base64;

/**
 * Decodes base64 in pieces, in constant memory: the forgiving-base64 decode of the Infra standard, which browsers apply to data
 * URLs, and the URL-safe alphabet of RFC 4648 beside it. White space is skipped, and padding is optional. After input that is not
 * base64, further input is discarded. Not thread-safe.
 */
final class StreamingBase64Decoder {

    private static final int BLOCK = 8192;
    private static final byte SKIPPED = 0;
    private static final byte INVALID = -1;
    private static final byte[] ALPHABET = alphabet();

    private final OutputStream out;
    /** Both are empty until something is written. */
    private byte[] block = {};
    private byte[] decoded = {};
    private int filled;
    /** How many of the bytes in the block are normalised. */
    private int normal;
    private boolean padded;
    private boolean valid = true;

    /** A decoder that writes to a stream, and never closes it. */
    StreamingBase64Decoder(OutputStream out) {
        this.out = out;
    }

    /** Decodes the next piece. */
    void write(byte[] source, int offset, int length) throws IOException {
        if (block.length == 0) {
            block = new byte[BLOCK];
            decoded = new byte[BLOCK / 4 * 3];
        }
        int end = offset + length;
        for (int at = offset; at < end && valid;) {
            int step = Math.min(end - at, BLOCK - filled);
            System.arraycopy(source, at, block, filled, step);
            filled += step;
            at += step;
            if (filled == BLOCK) {
                flush();
            }
        }
    }

    /** Decodes the rest. Returns false if the input was not base64. */
    boolean finish() throws IOException {
        flush();
        if (valid && filled > 0) {
            decode(filled);
        }
        return valid;
    }

    /** Decodes the whole quads of the block and keeps the rest. */
    private void flush() throws IOException {
        if (filled == BLOCK && !padded && decodesAtOnce()) {
            return;
        }
        normalise();
        int quads = filled / 4 * 4;
        if (valid && quads > 0) {
            decode(quads);
            System.arraycopy(block, quads, block, 0, filled - quads);
            filled -= quads;
        }
        normal = filled;
    }

    /** The usual block holds nothing but base64; the JDK decodes it fastest. */
    private boolean decodesAtOnce() throws IOException {
        if (block[BLOCK - 1] == '=') {
            return false;
        }
        try {
            out.write(decoded, 0, Base64.getDecoder().decode(block, decoded));
            filled = 0;
            normal = 0;
            return true;
        } catch (IllegalArgumentException e) {
            return false; // white space, the other alphabet, or no base64
        }
    }

    /** Removes white space from the block and maps the URL-safe alphabet to the standard one. */
    private void normalise() {
        int kept = normal;
        for (int i = normal; i < filled; i++) {
            byte letter = ALPHABET[block[i] & 0xff];
            if (letter == SKIPPED) {
                continue;
            }
            boolean pad = letter == '=';
            if (letter == INVALID || (padded && !pad)) {
                valid = false;
                return;
            }
            padded |= pad;
            block[kept++] = letter;
        }
        filled = kept;
    }

    private void decode(int length) throws IOException {
        try {
            out.write(Base64.getDecoder().decode(Arrays.copyOf(block, length)));
        } catch (IllegalArgumentException e) {
            valid = false;
        }
    }

    private static byte[] alphabet() {
        byte[] alphabet = new byte[256];
        Arrays.fill(alphabet, INVALID);
        for (char letter : "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=".toCharArray()) {
            alphabet[letter] = (byte) letter;
        }
        alphabet['-'] = '+';
        alphabet['_'] = '/';
        for (char blank : " \t\r\n\f".toCharArray()) {
            alphabet[blank] = SKIPPED;
        }
        return alphabet;
    }
}
