package dev.retouch.server.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.util.HexFormat;

/**
 * The secret of an API key, in memory only while it is created and shown. The database keeps an unsalted hash; a
 * secret is random enough to resist guessing.
 *
 * @param value the secret
 * @param prefix first characters, which are not secret
 */
record KeySecret(String value, String prefix) {

    /** Minimum length of a secret; a shorter secret could be guessed. */
    static final int SHORTEST = 16;

    /** Maximum length of a secret, which limits the cost of hashing. */
    static final int LONGEST = 200;

    private static final String START = "sk-retouch-";
    private static final String LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private static final int LENGTH = 40;
    private static final int ID_LENGTH = 16;
    private static final int SHOWN = 4;
    private static final int SHOWN_OF_CHOSEN = 6;

    /** Creates a random secret; its prefix includes four random characters. */
    static KeySecret random(SecureRandom random) {
        String value = START + randomAlphanumeric(random, LENGTH);
        return new KeySecret(value, value.substring(0, START.length() + SHOWN));
    }

    /** Creates a secret from an operator's value. It may be less random, so its prefix is shorter. */
    static KeySecret chosen(String value) {
        return new KeySecret(value, value.substring(0, Math.min(SHOWN_OF_CHOSEN, value.length() / 4)));
    }

    /** Returns a new key id, independent of the secret. */
    static String newId(SecureRandom random) {
        return "key_" + randomAlphanumeric(random, ID_LENGTH);
    }

    /** Returns random letters and digits. */
    static String randomAlphanumeric(SecureRandom random, int count) {
        StringBuilder letters = new StringBuilder(count);
        for (int i = 0; i < count; i++) {
            letters.append(LETTERS.charAt(random.nextInt(LETTERS.length())));
        }
        return letters.toString();
    }

    /** Whether a text can be a secret: within the length limits, and of characters that an HTTP header allows. */
    static boolean isWellFormed(String text) {
        return text.length() >= SHORTEST && text.length() <= LONGEST
                && text.chars().allMatch(letter -> letter > ' ' && letter <= '~');
    }

    /** Returns the hash of a secret. */
    static String hashOf(String key) {
        try {
            byte[] sum = MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(sum);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    /** Compares in constant time, so that response times reveal nothing about the secret. */
    static boolean constantTimeEquals(String one, String other) {
        return MessageDigest.isEqual(one.getBytes(StandardCharsets.UTF_8), other.getBytes(StandardCharsets.UTF_8));
    }

    /** Returns the hash that is stored. */
    String hash() {
        return hashOf(value);
    }

    /** Omits the secret. */
    @Override
    public String toString() {
        return "KeySecret[prefix=" + prefix + "]";
    }
}
