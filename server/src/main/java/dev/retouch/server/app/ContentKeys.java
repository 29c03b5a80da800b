package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

import dev.retouch.server.config.Configuration;
import dev.retouch.server.retention.ContentCipher;
import dev.retouch.server.settings.ConfigurationException;

/** Chooses the key that encrypts what is kept of edits. */
final class ContentKeys {

    private ContentKeys() {}

    /**
     * Returns the cipher of the named key file, or of the data directory; empty if instances share the database and no file is named,
     * because each would use another key.
     *
     * @throws ConfigurationException if the named file does not hold a key
     */
    static Optional<ContentCipher> of(Configuration configuration) {
        Path named = configuration.retention().keyFile();
        if (named == null) {
            return configuration.databaseUrl().value().isPresent()
                    ? Optional.empty()
                    : Optional.of(ContentCipher.ofDataDirectory(configuration.dataDir()));
        }
        try {
            return Optional.of(ContentCipher.ofFile(named));
        } catch (IOException e) {
            throw new ConfigurationException("'retention.key-file': " + e.getMessage());
        }
    }
}
