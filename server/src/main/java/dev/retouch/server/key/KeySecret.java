package dev.retouch.server.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * A key in the clear, which exists only while it is made and shown. What is stored of it is a hash; a plain one is enough,
 * because a key has too much chance in it to be found by trying.
 *
 * @param value the key itself
 * @param prefix as much of it as may be seen by anybody
 */
record KeySecret(String value, String prefix) {

    /** The fewest characters of a key: with fewer it could be guessed. */
    static final int SHORTEST = 16;

    /** The most characters of a key, so that nobody has us hash whole headers. */
    static final int LONGEST = 200;

    private static final String START = "sk-retouch-";
    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 40;
    private static final int ID_LENGTH = 16;
    private static final int SHOWN = 4;
    private static final int SHOWN_OF_CHOSEN = 6;

    /** A new key, of which the start and four characters of chance are shown. */
    static KeySecret random(SecureRandom random) {
        String value = START + letters(random, LENGTH);
        return new KeySecret(value, value.substring(0, START.length() + SHOWN));
    }

    /** A key that a person chose. There may be little chance in it, so only a little is shown. */
    static KeySecret chosen(String value) {
        return new KeySecret(value, value.substring(0, Math.min(SHOWN_OF_CHOSEN, value.length() / 4)));
    }

    /** An id for a key, which has nothing to do with the key itself. */
    static String newId(SecureRandom random) {
        return "key_" + letters(random, ID_LENGTH);
    }

    /** Letters and digits by chance. */
    static String letters(SecureRandom random, int count) {
        StringBuilder letters = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return letters.toString();
    }

    /** Whether it can be a key at all: neither too short nor too long, and of characters that a header carries unchanged. */
    static boolean canBe(String text) {
        return text.length() >= SHORTEST && text.length() <= LONGEST
                && text.chars().allMatch(letter -> letter > ' ' && letter <= '~');
    }

    /** What is stored instead of a key. */
    static String hashOf(String key) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Compares in constant time, so that the time of an answer tells nothing about the key. */
    static boolean same(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /** What is stored instead of it. */
    String hash() {
        return hashOf(value);
    }

    /** Never the key. */
    @Override
    public String toString() {
        return "KeySecret[prefix=" + prefix + "]";
    }
}
