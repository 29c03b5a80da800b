package dev.retouch.server.key;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.admission.AdmissionLimits;

/**
 * Installs the API key of the setting {@code bootstrap-key}, so that a deployment needs no manual step. The key is
 * created once, in the group {@code default}. Afterwards it is a key like any other: a revocation is permanent, and a
 * start with another value creates another key.
 */
public final class BootstrapKeyInstaller {

    private static final Logger LOG = LoggerFactory.getLogger(BootstrapKeyInstaller.class);
    private static final String GROUP = "default";
    private static final String LABEL = "bootstrap";

    private final KeyRepository store;
    private final Clock clock;
    private final OwnerAccounts accounts;

    /** Creates the installer. */
    public BootstrapKeyInstaller(KeyRepository store, Clock clock, OwnerAccounts accounts) {
        this.store = store;
        this.clock = clock;
        this.accounts = accounts;
    }

    /**
     * Creates the key unless it exists.
     *
     * @param value secret of the key
     * @throws IllegalArgumentException if the value is no valid key; the message does not contain it
     */
    public void ensure(String value) {
        if (!KeySecret.isWellFormed(value)) {
            throw new IllegalArgumentException("RETOUCH_BOOTSTRAP_KEY must have " + KeySecret.SHORTEST + " to "
                    + KeySecret.LONGEST + " characters: ASCII letters, digits and punctuation, without spaces."
                    + " 'openssl rand -hex 24' makes a good one.");
        }
        KeySecret secret = KeySecret.chosen(value);
        Optional<ApiKey> before = store.read(tables -> tables.keyByHash(secret.hash()));
        ApiKey key = before.orElseGet(() -> make(secret));
        if (key.revoked() != null) {
            LOG.warn("bootstrap key is revoked, set another value or none id={}", key.id());
        } else if (key.disabled()) {
            LOG.warn("bootstrap key is disabled id={}", key.id());
        } else if (before.isEmpty()) {
            LOG.info("bootstrap key created id={} group={}", key.id(), key.group());
        }
    }

    /** If several instances start at once, the first creates the key. */
    private ApiKey make(KeySecret secret) {
        ApiKey key = ApiKey.made(KeySecret.newId(new SecureRandom()), secret.prefix(),
                new NewKey(GROUP, LABEL, null, AdmissionLimits.NONE), clock.instant().truncatedTo(ChronoUnit.MILLIS));
        return store.change(tables -> tables.keyByHash(secret.hash()).orElseGet(() -> {
            if (tables.group(GROUP).isEmpty()) {
                tables.insert(Group.open(GROUP), key.created());
                if (!tables.write(handle -> accounts.openGroup(handle, GROUP, null))) {
                    LOG.warn("group keeps the budget of a deleted group, whose edits have not ended group={}", GROUP);
                }
            }
            tables.insert(key, secret.hash());
            return key;
        }));
    }
}
