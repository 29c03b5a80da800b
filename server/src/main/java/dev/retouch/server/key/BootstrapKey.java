package dev.retouch.server.key;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.policy.RoomLimits;

/**
 * The key that an operator sets before the first start, so that a deployment works without anybody logging in to it. It is made
 * once, in the group {@code default}, and is a key like any other from then on: revoking it is for good, and a start with another
 * value makes another key and leaves this one alone.
 */
public final class BootstrapKey {

    private static final Logger LOG = LoggerFactory.getLogger(BootstrapKey.class);
    private static final String GROUP = "default";
    private static final String LABEL = "bootstrap";

    private final KeyStore store;
    private final Clock clock;

    /** The bootstrap key of a store. */
    public BootstrapKey(KeyStore store, Clock clock) {
        this.store = store;
        this.clock = clock;
    }

    /**
     * Makes the key unless it exists.
     *
     * @param value the key, as the operator set it
     * @throws IllegalArgumentException where it cannot be a key; the message does not repeat it
     */
    public void ensure(String value) {
        if (!KeySecret.canBe(value)) {
            throw new IllegalArgumentException("RETOUCH_BOOTSTRAP_KEY must have " + KeySecret.SHORTEST + " to "
                    + KeySecret.LONGEST + " characters: ASCII letters, digits and punctuation, without spaces."
                    + " 'openssl rand -hex 24' makes a good one.");
        }
        KeySecret secret = KeySecret.chosen(value);
        Optional<ApiKey> before = store.read(tables -> tables.keyByHash(secret.hash()));
        ApiKey key = before.orElseGet(() -> make(secret));
        if (key.revoked() != null) {
            LOG.warn("the bootstrap key was revoked and stays so; set another one, or none id={}", key.id());
        } else if (key.disabled()) {
            LOG.warn("the bootstrap key is switched off id={}", key.id());
        } else if (before.isEmpty()) {
            LOG.info("the bootstrap key was made id={} group={}", key.id(), key.group());
        }
    }

    /** Several instances may start at the same time: the first one makes it. */
    private ApiKey make(KeySecret secret) {
        ApiKey key = ApiKey.made(KeySecret.newId(new SecureRandom()), secret.prefix(),
                new NewKey(GROUP, LABEL, null, RoomLimits.NONE), clock.instant().truncatedTo(ChronoUnit.MILLIS));
        return store.change(tables -> tables.keyByHash(secret.hash()).orElseGet(() -> {
            if (tables.group(GROUP).isEmpty()) {
                tables.insert(Group.open(GROUP), key.created());
            }
            tables.insert(key, secret.hash());
            return key;
        }));
    }
}
