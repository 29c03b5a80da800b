package dev.retouch.server.key;

import java.time.Clock;
import java.util.Optional;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * Finds the principal of a key id, for edits that run after their request. Key and group are in their current state.
 */
public final class PrincipalLookup {

    private final KeyRepository store;
    private final Optional<SandboxKey> sandbox;
    private final Clock clock;

    /**
     * Creates the lookup.
     *
     * @param store API keys
     * @param sandbox the sandbox key, which is not in the database
     */
    public PrincipalLookup(KeyRepository store, Optional<SandboxKey> sandbox, Clock clock) {
        this.store = store;
        this.sandbox = sandbox;
        this.clock = clock;
    }

    /** Returns the principal of a key. An invalid key is rejected like an unknown key. */
    public ApiPrincipal holder(String keyId) {
        if (keyId.equals(SandboxKey.ID)) {
            return sandbox.orElseThrow(() -> new ApiException(ErrorMessage.KEY_IS_WRONG)).principal();
        }
        return store.read(tables -> tables.key(keyId)
                .flatMap(key -> tables.group(key.group()).map(group -> new ApiPrincipal(key, group))))
                .filter(caller -> new StoredKey(caller, "").worksAt(clock.instant()))
                .orElseThrow(() -> new ApiException(ErrorMessage.KEY_IS_WRONG));
    }
}
