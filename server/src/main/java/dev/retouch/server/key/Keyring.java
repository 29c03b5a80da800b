package dev.retouch.server.key;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/** The keys that this gateway knows. */
public final class Keyring {

    private static final String SCHEME = "bearer ";

    private final Optional<SandboxKey> sandbox;
    private final boolean loopbackOnly;

    /**
     * The keys.
     *
     * @param sandbox the sandbox key, if the sandbox serves
     * @param loopbackOnly whether the gateway listens on a loopback address, so that nobody else can reach it
     */
    public Keyring(Optional<SandboxKey> sandbox, boolean loopbackOnly) {
        this.sandbox = sandbox;
        this.loopbackOnly = loopbackOnly;
    }

    /** The group whose key stands in an Authorization header; a missing or wrong one is refused. */
    public Group identify(Optional<String> authorization) {
        String header = authorization.map(String::strip).orElse("");
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new ApiException(ErrorMessage.KEY_IS_MISSING);
        }
        String token = header.substring(SCHEME.length()).strip();
        SandboxKey key = sandbox.filter(known -> same(known.value(), token))
                .orElseThrow(() -> new ApiException(ErrorMessage.KEY_IS_WRONG));
        if (!loopbackOnly) {
            throw new ApiException(ErrorMessage.SANDBOX_KEY_IS_FOR_LOOPBACK);
        }
        return key.group();
    }

    /** Compares in constant time, so that the time of an answer tells nothing about the key. */
    private static boolean same(String known, String given) {
        return MessageDigest.isEqual(known.getBytes(StandardCharsets.UTF_8), given.getBytes(StandardCharsets.UTF_8));
    }
}
