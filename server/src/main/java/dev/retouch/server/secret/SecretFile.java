package dev.retouch.server.secret;

import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.function.Supplier;

/** Reads a file that holds a secret, readable by its owner only. */
public final class SecretFile {

    private SecretFile() {}

    /** Returns the secret in a file. If the file does not exist, creates it with a new secret. */
    public static String readOrCreate(Path file, Supplier<String> newSecret) throws IOException {
        if (!Files.exists(file)) {
            Files.createDirectories(file.toAbsolutePath().getParent());
            create(file, newSecret.get());
        }
        try {
            return Files.readString(file).strip();
        } catch (CharacterCodingException e) {
            throw new IOException(file + " is not text; delete it to get a new secret", e);
        }
    }

    /**
     * Writes a temporary file first. A crash leaves no partial secret, and two instances that start at once agree on
     * the same secret.
     */
    private static void create(Path file, String secret) throws IOException {
        Path half = Files.createTempFile(file.toAbsolutePath().getParent(), file.getFileName().toString(), ".new",
                ownerOnly());
        try {
            Files.writeString(half, secret + "\n", StandardCharsets.UTF_8);
            Files.createLink(file, half);
        } catch (FileAlreadyExistsException e) {
            // another instance created the file first
            return;
        } catch (UnsupportedOperationException e) {
            Files.move(half, file);
        } finally {
            Files.deleteIfExists(half);
        }
    }

    private static FileAttribute<?>[] ownerOnly() {
        boolean posix = FileSystems.getDefault().supportedFileAttributeViews().contains("posix");
        return posix
                ? new FileAttribute<?>[]{
                        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))}
                : new FileAttribute<?>[0];
    }
}
