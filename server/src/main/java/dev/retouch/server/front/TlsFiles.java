package dev.retouch.server.front;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A certificate and its key, in PEM files.
 *
 * @param certificate the certificate, and behind it those up to its root
 * @param key its private key, in any of the usual forms
 */
public record TlsFiles(Path certificate, Path key) {

    /** What is in both files, to be compared with what was in them before. */
    String content() throws IOException {
        return Files.readString(certificate) + "\n" + Files.readString(key);
    }
}
