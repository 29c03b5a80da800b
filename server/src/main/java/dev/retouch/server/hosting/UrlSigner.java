package dev.retouch.server.hosting;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;

import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.storage.ObjectStore;

/**
 * Signs URLs with an expiry and an HMAC-SHA256 signature, and verifies them. The secret is in the store of the files, so signed URLs
 * survive a restart, and work on every instance that shares the store.
 */
public final class UrlSigner {

    private static final String SECRET = "link.secret";
    private static final String ALGORITHM = "HmacSHA256";
    private static final int SECRET_BYTES = 32;

    private final SecretKeySpec secret;
    private final Clock clock;
    private final Duration lifetime;

    /** Signs with the secret of this store; creates it if missing. */
    public UrlSigner(ObjectStore store, Clock clock, Duration lifetime) throws IOException {
        this.secret = secret(store);
        this.clock = clock;
        this.lifetime = lifetime;
    }

    private static SecretKeySpec secret(ObjectStore store) throws IOException {
        String text = store.secret(SECRET, UrlSigner::newSecret);
        try {
            byte[] bytes = Base64.getDecoder().decode(text);
            if (bytes.length == SECRET_BYTES) {
                return new SecretKeySpec(bytes, ALGORITHM);
            }
        } catch (IllegalArgumentException e) {
            // reported below, together with a secret of the wrong length
        }
        throw new IOException(store.location(SECRET)
                + " does not hold a link secret; delete it to get a new one, which ends all links");
    }

    /** The signed URL of a file below a base URL. */
    URI link(URI base, String name) {
        String root = base.toString().replaceAll("/+$", "");
        return URI.create(root + "/files/" + name + "?" + query(name));
    }

    /** What makes a link to a file work from now on. */
    String query(String name) {
        long expires = clock.instant().plus(lifetime).getEpochSecond();
        return "expires=" + expires + "&signature=" + signature(name, expires);
    }

    /** Whether this gateway has made a link, which may have expired since. */
    boolean isOwn(String name, String expires, String signature) {
        return MessageDigest.isEqual(signature(name, Long.parseLong(expires)).getBytes(StandardCharsets.US_ASCII),
                signature.getBytes(StandardCharsets.UTF_8));
    }

    /** Rejects a URL with a wrong signature or after its expiry; otherwise returns the time until its expiry. */
    Duration check(String name, String expires, String signature) {
        long end;
        try {
            end = Long.parseLong(expires);
        } catch (NumberFormatException e) {
            throw new ApiException(ErrorMessage.LINK_IS_FORGED);
        }
        if (!isOwn(name, String.valueOf(end), signature)) {
            throw new ApiException(ErrorMessage.LINK_IS_FORGED);
        }
        Duration left = Duration.between(clock.instant(), Instant.ofEpochSecond(end));
        if (left.isNegative() || left.isZero()) {
            throw new ApiException(ErrorMessage.LINK_HAS_EXPIRED);
        }
        return left;
    }

    private String signature(String name, long expires) {
        try {
            Mac mac = Mac.getInstance(ALGORITHM);
            mac.init(secret);
            byte[] sum = mac.doFinal((name + "\n" + expires).getBytes(StandardCharsets.UTF_8));
            return Base64.getUrlEncoder().withoutPadding().encodeToString(sum);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("every JDK has " + ALGORITHM, e);
        }
    }

    private static String newSecret() {
        byte[] bytes = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }
}
