package dev.retouch.mock.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

import dev.retouch.mock.error.ProviderErrors;

/**
 * Accepts one configured key, or any key at all when none is configured.
 *
 * @param guardsControl whether the pages that control the mock need the key
 */
public record Keys(Optional<String> only, boolean guardsControl) {

    private static final String SCHEME = "bearer ";

    void check(@Nullable String authorization) {
        if (authorization == null || !authorization.toLowerCase(Locale.ROOT).startsWith(SCHEME)
                || authorization.substring(SCHEME.length()).isBlank()) {
            throw ProviderErrors.unauthorized("You didn't provide an API key. You need to provide your API key in an "
                    + "Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).");
        }
        byte[] key = authorization.substring(SCHEME.length()).strip().getBytes(StandardCharsets.UTF_8);
        if (only.isPresent() && !MessageDigest.isEqual(key, only.get().getBytes(StandardCharsets.UTF_8))) {
            throw ProviderErrors
                    .unauthorized("Incorrect API key provided. You can find the right one in the configuration "
                            + "of this mock upstream.");
        }
    }
}
