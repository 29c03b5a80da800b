package dev.retouch.server.config;

import java.nio.file.Path;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.settings.SettingChecks;

/**
 * The PEM files of TLS, either both or none.
 *
 * @param certificate the certificate chain, or null without TLS
 * @param key the private key, or null without TLS
 */
public record TlsSettings(@Nullable Path certificate, @Nullable Path key) {

    /** Rejects a single file. */
    public TlsSettings {
        certificate = SettingChecks.file(certificate);
        key = SettingChecks.file(key);
        SettingChecks.check((certificate == null) == (key == null), certificate == null ? "certificate" : "key",
                "must be given too: a certificate works with its key only");
    }
}
