package dev.retouch.server.key;

import java.util.Optional;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.store.DatabaseAwayException;

/** Tells who is asking, and whether they may have images edited at all. */
public final class Authentication {

    private static final String SCHEME = "bearer ";

    private final Keys keys;
    private final Optional<SandboxKey> sandbox;
    private final boolean loopbackOnly;

    /**
     * Asks for a key.
     *
     * @param keys the keys that were made
     * @param sandbox the sandbox key, if the sandbox serves
     * @param loopbackOnly whether the gateway listens on a loopback address, so that nobody else can reach it
     */
    public Authentication(Keys keys, Optional<SandboxKey> sandbox, boolean loopbackOnly) {
        this.keys = keys;
        this.sandbox = sandbox;
        this.loopbackOnly = loopbackOnly;
    }

    /**
     * Whose key stands in an Authorization header. A missing or wrong one is refused; one that has expired, is switched off or
     * was revoked is refused in the words of one that never was, so that nobody learns which keys exist.
     *
     * @throws DatabaseAwayException where only the database could tell
     */
    public Caller identify(Optional<String> authorization) {
        String header = authorization.map(String::strip).orElse("");
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new ApiException(ErrorMessage.KEY_IS_MISSING);
        }
        String presented = header.substring(SCHEME.length()).strip();
        Optional<SandboxKey> open = sandbox.filter(key -> KeySecret.same(key.value(), presented));
        if (open.isPresent()) {
            if (!loopbackOnly) {
                throw new ApiException(ErrorMessage.SANDBOX_KEY_IS_FOR_LOOPBACK);
            }
            return open.get().caller();
        }
        return keys.find(presented).orElseThrow(() -> new ApiException(ErrorMessage.KEY_IS_WRONG));
    }

    /** Refuses whoever may not have images edited here, whichever image it is. */
    public void authorize(Caller caller) {
        Group group = caller.group();
        if (!group.platform().equals(Group.OPENAI)) {
            throw new ApiException(ErrorMessage.PLATFORM_IS_NOT_SUPPORTED);
        }
        if (!group.imagePermission()) {
            throw new ApiException(ErrorMessage.IMAGE_GENERATION_IS_DISABLED);
        }
    }
}
