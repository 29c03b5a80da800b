package dev.retouch.server.price;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;

/**
 * The tokens of an encoding with their ranks: about 200,000 byte sequences in three arrays, 5 MB together, because a map of objects would
 * take five times as much of a small heap. Immutable.
 */
final class TokenVocabulary {

    /** No token has these bytes. */
    static final int NONE = Integer.MAX_VALUE;

    private static final int LINES = 1 << 18;
    private static final int SLOTS = 1 << 19;
    private static final int PRIME = 0x01000193;
    private static final int SEED = 0x811c9dc5;

    private final byte[] bytes;
    /** Where the token of each rank ends in {@link #bytes}; it begins where the one before ends. */
    private final int[] ends;
    /** An open hash table of ranks, each plus one; 0 is an empty slot. */
    private final int[] slots = new int[SLOTS];

    private TokenVocabulary(byte[] bytes, int[] ends) {
        this.bytes = bytes;
        this.ends = ends;
        for (int rank = 0; rank < ends.length; rank++) {
            int slot = slot(bytes, begin(rank), ends[rank]);
            while (slots[slot] != 0) {
                slot = (slot + 1) % SLOTS;
            }
            slots[slot] = rank + 1;
        }
    }

    /**
     * Reads a vocabulary in the form of tiktoken: on each line a token in base64, a space, and its rank, in the order of the ranks.
     *
     * @param resource the absolute name of a resource
     */
    static TokenVocabulary read(String resource) {
        try (InputStream in = TokenVocabulary.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("there is no " + resource);
            }
            return read(new BufferedReader(new InputStreamReader(in, StandardCharsets.ISO_8859_1)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static TokenVocabulary read(BufferedReader lines) throws IOException {
        byte[] bytes = new byte[LINES * Long.BYTES];
        int[] ends = new int[LINES];
        int count = 0;
        int length = 0;
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            int space = line.indexOf(' ');
            byte[] token = Base64.getDecoder().decode(line.substring(0, space));
            int rank = Integer.parseInt(line, space + 1, line.length(), 10);
            while (count < rank) { // a rank without a token has no bytes, and is never found
                ends[count++] = length;
            }
            System.arraycopy(token, 0, bytes, length, token.length);
            length += token.length;
            ends[count++] = length;
        }
        return new TokenVocabulary(Arrays.copyOf(bytes, length), Arrays.copyOf(ends, count));
    }

    /**
     * The rank of the token that consists of these bytes; tokens of lower rank are merged first.
     *
     * @return {@link #NONE} if there is no such token
     */
    int rank(byte[] text, int from, int to) {
        int slot = slot(text, from, to);
        while (slots[slot] != 0) {
            int rank = slots[slot] - 1;
            if (Arrays.equals(bytes, begin(rank), ends[rank], text, from, to)) {
                return rank;
            }
            slot = (slot + 1) % SLOTS;
        }
        return NONE;
    }

    private int begin(int rank) {
        return rank == 0 ? 0 : ends[rank - 1];
    }

    private static int slot(byte[] text, int from, int to) {
        int hash = SEED;
        for (int index = from; index < to; index++) {
            hash = (hash ^ text[index]) * PRIME;
        }
        return (hash ^ hash >>> 15) & SLOTS - 1;
    }
}
