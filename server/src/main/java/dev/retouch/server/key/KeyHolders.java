package dev.retouch.server.key;

import java.time.Clock;
import java.util.Optional;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/** Whose key it was, for edits that run on their own after the request that asked for them: the key and its group as they are now. */
public final class KeyHolders {

    private final KeyStore store;
    private final Optional<SandboxKey> sandbox;
    private final Clock clock;

    /** Looks in a store; the sandbox key, where it serves, is not there. */
    public KeyHolders(KeyStore store, Optional<SandboxKey> sandbox, Clock clock) {
        this.store = store;
        this.sandbox = sandbox;
        this.clock = clock;
    }

    /** The holder of the key with this id. A key that does not work any more is refused like one that never was. */
    public Caller holder(String keyId) {
        if (keyId.equals(SandboxKey.ID)) {
            return sandbox.orElseThrow(() -> new ApiException(ErrorMessage.KEY_IS_WRONG)).caller();
        }
        return store.read(tables -> tables.key(keyId)
                .flatMap(key -> tables.group(key.group()).map(group -> new Caller(key, group))))
                .filter(caller -> new StoredKey(caller, "").worksAt(clock.instant()))
                .orElseThrow(() -> new ApiException(ErrorMessage.KEY_IS_WRONG));
    }
}
