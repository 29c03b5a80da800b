package dev.retouch.mock.wire;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

import org.eclipse.jetty.http.HttpFields;

import dev.retouch.mock.error.ProviderErrors;

/**
 * Accepts one configured key, or any key at all when none is configured.
 *
 * @param guardsControl whether the pages that control the mock need the key
 */
public record Keys(Optional<String> only, boolean guardsControl) {

    void check(ApiForm form, HttpFields headers) {
        byte[] key = form.key(headers).orElseThrow(() -> ProviderErrors
                .unauthorized(
                        "You didn't provide an API key. You need to provide your API key in an " + form.keyHint()))
                .getBytes(StandardCharsets.UTF_8);
        if (only.isPresent() && !MessageDigest.isEqual(key, only.get().getBytes(StandardCharsets.UTF_8))) {
            throw ProviderErrors
                    .unauthorized("Incorrect API key provided. You can find the right one in the configuration "
                            + "of this mock upstream.");
        }
    }
}
