package dev.retouch.server.http;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Paths of a certificate and its key in PEM format.
 *
 * @param certificate file with the certificate and its chain
 * @param key file with the private key
 */
public record TlsFiles(Path certificate, Path key) {

    /** Returns the content of both files, to detect changes. */
    String content() throws IOException {
        return Files.readString(certificate) + "\n" + Files.readString(key);
    }
}
