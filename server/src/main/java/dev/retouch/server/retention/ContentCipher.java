package dev.retouch.server.retention;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;

import javax.crypto.Cipher;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.secret.SecretFile;

/**
 * Encrypts content with AES-256-GCM. The key is in a file, as base64. Each piece is bound to its edit and its name, so that it cannot be
 * moved to another edit. Thread-safe.
 */
public final class ContentCipher {

    /** The file of the key in the data directory. */
    public static final String FILE = "content.key";

    private static final String ALGORITHM = "AES/GCM/NoPadding";
    private static final byte VERSION = 1;
    private static final int KEY_BYTES = 32;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    private final Path file;
    private final SecureRandom random = new SecureRandom();
    private @Nullable SecretKey key;

    private ContentCipher(Path file) {
        this.file = file;
    }

    /** A cipher whose key is in a data directory. The file is created when something is encrypted for the first time. */
    public static ContentCipher ofDataDirectory(Path dataDir) {
        return new ContentCipher(dataDir.resolve(FILE));
    }

    /**
     * A cipher with the key of an existing file.
     *
     * @throws IOException if the file does not hold a key
     */
    public static ContentCipher ofFile(Path file) throws IOException {
        ContentCipher cipher = new ContentCipher(file);
        if (!Files.isRegularFile(file)) {
            throw new IOException("there is no file " + file + "; create it with: openssl rand -base64 32 > " + file);
        }
        cipher.key = read(file, Files.readString(file).strip());
        return cipher;
    }

    /** Encrypts a piece. */
    byte[] seal(String editId, String name, byte[] plain) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            Cipher cipher = cipher(Cipher.ENCRYPT_MODE, key(), nonce, editId, name);
            byte[] sealed = new byte[1 + NONCE_BYTES + cipher.getOutputSize(plain.length)];
            sealed[0] = VERSION;
            System.arraycopy(nonce, 0, sealed, 1, NONCE_BYTES);
            int length = cipher.doFinal(plain, 0, plain.length, sealed, 1 + NONCE_BYTES);
            return Arrays.copyOf(sealed, 1 + NONCE_BYTES + length);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    /** Decrypts a piece; empty if it was not encrypted with this key for this edit and name. */
    Optional<byte[]> open(String editId, String name, byte[] sealed) {
        int head = 1 + NONCE_BYTES;
        if (sealed.length < head || sealed[0] != VERSION || !hasKey()) {
            return Optional.empty();
        }
        try {
            Cipher cipher = cipher(Cipher.DECRYPT_MODE, key(), Arrays.copyOfRange(sealed, 1, head), editId, name);
            return Optional.of(cipher.doFinal(sealed, head, sealed.length - head));
        } catch (GeneralSecurityException e) {
            return Optional.empty();
        }
    }

    private static Cipher cipher(int mode, SecretKey key, byte[] nonce, String editId, String name)
            throws GeneralSecurityException {
        Cipher cipher = Cipher.getInstance(ALGORITHM);
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((editId + "/" + name).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    /** Whether there is a key already. Reading does not create one. */
    private synchronized boolean hasKey() {
        return key != null || Files.isRegularFile(file);
    }

    private synchronized SecretKey key() {
        SecretKey known = key;
        if (known == null) {
            try {
                known = read(file, SecretFile.readOrCreate(file, this::newKey));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            key = known;
        }
        return known;
    }

    private static SecretKey read(Path file, String text) throws IOException {
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (bytes.length == KEY_BYTES) {
                return new SecretKeySpec(bytes, "AES");
            }
        } catch (IllegalArgumentException e) {
            // reported below, together with a key of the wrong length
        }
        throw new IOException(file + " does not hold a key: base64 of " + KEY_BYTES + " bytes");
    }

    private String newKey() {
        byte[] bytes = new byte[KEY_BYTES];
        random.nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
