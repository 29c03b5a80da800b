package dev.retouch.server.key;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Predicate;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an administrator can do with groups and keys, the same over HTTP and on the command line. Whatever cannot be done is an
 * {@link AdministrationException} and has changed nothing.
 */
public final class Administration {

    private static final Logger LOG = LoggerFactory.getLogger(Administration.class);

    private final KeyStore store;
    private final Clock clock;
    private final AdministrationRules rules;
    private final SecureRandom random = new SecureRandom();

    /**
     * Administers the groups and keys of a store.
     *
     * @param store where they are kept
     * @param clock tells when they are made and what has expired
     * @param models tells whether a model exists
     * @param upstreams tells whether an upstream is configured
     */
    public Administration(KeyStore store, Clock clock, Predicate<String> models, Predicate<String> upstreams) {
        this.store = store;
        this.clock = clock;
        this.rules = new AdministrationRules(models, upstreams);
    }

    /** Makes a group. */
    public Group createGroup(NewGroup wanted) {
        rules.newGroupName(wanted.name());
        rules.settings(wanted.settings());
        Group group = wanted.settings().of(Group.open(wanted.name()));
        Instant now = now();
        store.change(tables -> {
            if (tables.group(group.name()).isPresent()) {
                throw AdministrationException.conflict("name", "There is a group '" + group.name()
                        + "' already. Choose another name, or change that group.");
            }
            tables.insert(group, now);
            return group;
        });
        LOG.info("a group was made group={}", group.name());
        return group;
    }

    /** Changes what is given of a group. */
    public Group updateGroup(String name, GroupChange change) {
        rules.groupName("name", name);
        rules.settings(change);
        Group changed = store.change(tables -> {
            Group group = change.of(existing(tables, "name", name));
            tables.update(group);
            return group;
        });
        LOG.info("a group was changed group={}", name);
        return changed;
    }

    /** Removes a group and its revoked keys. One that has other keys stays: they would stop working unnoticed. */
    public void deleteGroup(String name) {
        rules.groupName("name", name);
        store.change(tables -> {
            Group group = existing(tables, "name", name);
            int keys = tables.keysLeft(name);
            if (keys > 0) {
                throw AdministrationException.conflict("name",
                        "The group '" + name + "' has keys that are not revoked ("
                                + keys + "). Revoke them first.");
            }
            tables.deleteGroup(name);
            return group;
        });
        LOG.info("a group was deleted group={}", name);
    }

    /** The group of this name. */
    public Group group(String name) {
        rules.groupName("name", name);
        return store.read(tables -> existing(tables, "name", name));
    }

    /** Every group, by name. */
    public List<Group> groups() {
        return store.read(KeyTables::groups);
    }

    /** Makes a key. What this returns is the only place where it can be seen. */
    public IssuedKey createKey(NewKey wanted) {
        rules.groupName("group", wanted.group());
        rules.label(wanted.label());
        rules.room(wanted.room());
        Instant now = now();
        KeySecret secret = KeySecret.random(random);
        NewKey exact = new NewKey(wanted.group(), wanted.label(), rules.expiry(wanted.expires(), now), wanted.room());
        ApiKey key = ApiKey.made(KeySecret.newId(random), secret.prefix(), exact, now);
        store.change(tables -> {
            existing(tables, "group", key.group());
            tables.insert(key, secret.hash());
            return key;
        });
        LOG.info("a key was made id={} group={}", key.id(), key.group());
        return new IssuedKey(key, secret.value());
    }

    /** Every key, the oldest first. */
    public List<ApiKey> keys() {
        return store.read(KeyTables::keys);
    }

    /** The keys of one group, the oldest first. */
    public List<ApiKey> keys(String group) {
        rules.groupName("group", group);
        return store.read(tables -> tables.keys(existing(tables, "group", group).name()));
    }

    /** The key of this id. */
    public ApiKey key(String id) {
        rules.keyId(id);
        return store.read(tables -> existing(tables, id));
    }

    /** Changes what is given of a key. */
    public ApiKey updateKey(String id, KeyChange change) {
        rules.keyId(id);
        KeyChange checked = checked(change);
        ApiKey changed = store.change(tables -> {
            ApiKey key = checked.of(unrevoked(tables, id));
            tables.update(key);
            return key;
        });
        LOG.info("a key was changed id={} group={}", id, changed.group());
        return changed;
    }

    /** Ends a key for good. One that is revoked already stays as it is. */
    public ApiKey revokeKey(String id) {
        rules.keyId(id);
        Instant now = now();
        ApiKey revoked = store.change(tables -> {
            ApiKey key = existing(tables, id);
            if (key.revoked() != null) {
                return key;
            }
            ApiKey ended = key.revokedAt(now);
            tables.update(ended);
            return ended;
        });
        LOG.info("a key was revoked id={} group={}", id, revoked.group());
        return revoked;
    }

    /**
     * Makes a key that takes another one's place, with its group, label, room and expiry.
     *
     * @param grace how long the old one goes on working, unless it expires before; zero ends it at once
     */
    public IssuedKey rotateKey(String id, Duration grace) {
        rules.keyId(id);
        rules.grace(grace);
        Instant now = now();
        KeySecret secret = KeySecret.random(random);
        String newId = KeySecret.newId(random);
        ApiKey issued = store.change(tables -> {
            ApiKey old = unrevoked(tables, id);
            if (old.hasExpiredAt(now)) {
                throw AdministrationException.conflict("id", "The key '" + id + "' has expired. Make a new key.");
            }
            Instant end = now.plus(grace).truncatedTo(ChronoUnit.MILLIS);
            if (!end.isAfter(now)) {
                tables.update(old.revokedAt(now));
            } else if (!old.hasExpiredAt(end)) {
                tables.update(old.expiringAt(end));
            }
            ApiKey key = ApiKey.madeFor(old, newId, secret.prefix(), now);
            tables.insert(key, secret.hash());
            return key;
        });
        LOG.info("a key was rotated id={} by={} group={} grace={}", id, issued.id(), issued.group(), grace);
        return new IssuedKey(issued, secret.value());
    }

    private KeyChange checked(KeyChange change) {
        rules.label(change.label());
        rules.room(change.room());
        KeyChange.Expiry expiry = change.expires();
        return new KeyChange(change.label(), change.disabled(),
                expiry == null ? null : new KeyChange.Expiry(rules.expiry(expiry.at(), now())), change.room());
    }

    /** Now, as exactly as it is kept. */
    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MILLIS);
    }

    private static Group existing(KeyTables tables, String field, String name) {
        return tables.group(name).orElseThrow(() -> AdministrationException.notFound(field,
                "There is no group '" + name + "'. List the groups to see their names."));
    }

    private static ApiKey existing(KeyTables tables, String id) {
        return tables.key(id).orElseThrow(() -> AdministrationException.notFound("id",
                "There is no key '" + id + "'. List the keys to see their ids."));
    }

    private static ApiKey unrevoked(KeyTables tables, String id) {
        ApiKey key = existing(tables, id);
        if (key.revoked() != null) {
            throw AdministrationException.conflict("id",
                    "The key '" + id + "' is revoked, which is for good. Make a new key.");
        }
        return key;
    }
}
