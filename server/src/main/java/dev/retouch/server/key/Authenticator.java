package dev.retouch.server.key;

import java.util.Optional;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.error.ApiException;

/** Authenticates API keys, and checks whether their group may edit images. */
public final class Authenticator {

    private static final String SCHEME = "bearer ";

    private final KeyCache keys;
    private final Optional<SandboxKey> sandbox;
    private final boolean privateGateway;

    /**
     * Creates the authenticator.
     *
     * @param keys API keys
     * @param sandbox the sandbox key, if the sandbox is enabled
     * @param privateGateway whether the gateway listens on a loopback address only and has no public URL; otherwise
     *    the sandbox key is rejected
     */
    public Authenticator(KeyCache keys, Optional<SandboxKey> sandbox, boolean privateGateway) {
        this.keys = keys;
        this.sandbox = sandbox;
        this.privateGateway = privateGateway;
    }

    /**
     * Returns the principal of an {@code Authorization} header. Rejects a missing or invalid key with 401. Expired,
     * disabled, revoked and unknown keys get the same message, so that a client cannot find out which keys exist.
     *
     * @param directClient whether a program on this machine sent the request without a proxy; otherwise the sandbox key
     *    is rejected
     * @throws DatabaseUnavailableException if the cache has no current answer and the database is unavailable
     */
    public ApiPrincipal identify(Optional<String> authorization, boolean directClient) {
        String header = authorization.map(String::strip).orElse("");
        if (!header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new ApiException(ErrorMessage.KEY_IS_MISSING);
        }
        String presented = header.substring(SCHEME.length()).strip();
        Optional<SandboxKey> open = sandbox.filter(key -> KeySecret.constantTimeEquals(key.value(), presented));
        if (open.isPresent()) {
            if (!privateGateway || !directClient) {
                throw new ApiException(ErrorMessage.SANDBOX_KEY_IS_FOR_LOOPBACK);
            }
            return open.get().principal();
        }
        return keys.find(presented).orElseThrow(() -> new ApiException(ErrorMessage.KEY_IS_WRONG));
    }

    /** Rejects a principal whose group may not edit images: 403 or 404. */
    public void authorize(ApiPrincipal principal) {
        Group group = principal.group();
        if (!group.platform().equals(Group.OPENAI)) {
            throw new ApiException(ErrorMessage.PLATFORM_IS_NOT_SUPPORTED);
        }
        if (!group.imagePermission()) {
            throw new ApiException(ErrorMessage.IMAGE_GENERATION_IS_DISABLED);
        }
    }
}
