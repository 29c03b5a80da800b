package dev.retouch.server.key;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Administers groups and keys, over HTTP and on the command line. An operation that is not possible throws an
 * {@link AdministrationException} and changes nothing.
 */
public final class Administration {

    private static final Logger LOG = LoggerFactory.getLogger(Administration.class);

    private final KeyRepository store;
    private final Clock clock;
    private final AdministrationRules rules;
    private final OwnerAccounts accounts;
    private final Retention retention;
    private final SecureRandom random = new SecureRandom();

    /**
     * Creates the service.
     *
     * @param store groups and keys
     * @param clock time of creation and expiry
     * @param models whether a model exists
     * @param upstreams whether an upstream is configured
     * @param accounts the budgets of groups and keys
     * @param retention what is kept of edits
     */
    public Administration(KeyRepository store, Clock clock, Predicate<String> models, Predicate<String> upstreams,
            OwnerAccounts accounts, Retention retention) {
        this.store = store;
        this.clock = clock;
        this.rules = new AdministrationRules(models, upstreams, retention.hasKey());
        this.accounts = accounts;
        this.retention = retention;
    }

    /** An administration of groups whose edits keep no content. */
    public Administration(KeyRepository store, Clock clock, Predicate<String> models, Predicate<String> upstreams,
            OwnerAccounts accounts) {
        this(store, clock, models, upstreams, accounts, new Retention(false, group -> {
            // nothing is kept
        }));
    }

    /**
     * What is kept of edits.
     *
     * @param hasKey whether there is a key that encrypts content
     * @param enforce deletes what a group does not keep any more
     */
    public record Retention(boolean hasKey, Consumer<String> enforce) {}

    /** Creates a group with its budget, both or neither. */
    public Group createGroup(NewGroup wanted) {
        rules.newGroupName(wanted.name());
        rules.settings(wanted.settings());
        Group group = wanted.settings().of(Group.open(wanted.name()));
        retention.enforce().accept(wanted.name()); // what an interrupted deletion of an earlier group has left
        Instant now = now();
        store.change(tables -> {
            if (tables.group(group.name()).isPresent()) {
                throw AdministrationException.conflict("name", "There is a group '" + group.name()
                        + "' already. Choose another name, or change that group.");
            }
            tables.insert(group, now);
            if (!tables.write(handle -> accounts.openGroup(handle, group.name(), wanted.budget()))) {
                throw AdministrationException.conflict("name", "Edits of a deleted group '" + group.name()
                        + "' have not ended. Try again when they have ended, or choose another name.");
            }
            return group;
        });
        LOG.info("group created group={}", group.name());
        return group;
    }

    /** Changes the given properties of a group. */
    public Group updateGroup(String name, GroupChange change) {
        rules.groupName("name", name);
        rules.settings(change);
        Group changed = store.change(tables -> {
            Group group = change.of(existing(tables, "name", name));
            tables.update(group);
            return group;
        });
        if (change.retain() != null || change.retainDays() != null) {
            retention.enforce().accept(name);
        }
        LOG.info("group changed group={}", name);
        return changed;
    }

    /**
     * Deletes a group and its revoked keys. A group with other keys is kept, because these keys would stop working
     * unnoticed.
     */
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
            return tables.write(handle -> {
                accounts.closeGroup(handle, name);
                return group;
            });
        });
        retention.enforce().accept(name);
        LOG.info("group deleted group={}", name);
    }

    /** Returns a group. */
    public Group group(String name) {
        rules.groupName("name", name);
        return store.read(tables -> existing(tables, "name", name));
    }

    /** Returns all groups by name. */
    public List<Group> groups() {
        return store.read(KeyTables::groups);
    }

    /**
     * Returns groups by name.
     *
     * @param after the name of the group that they follow; null for the first groups
     * @param limit the maximum number of groups
     * @return empty if there is no group {@code after}
     */
    public Optional<Page<Group>> groups(@Nullable String after, int limit) {
        List<Group> all = groups();
        if (after == null) {
            return Optional.of(Page.of(all, limit));
        }
        List<Group> following = all.stream().dropWhile(group -> !group.name().equals(after)).toList();
        return following.isEmpty()
                ? Optional.empty()
                : Optional.of(Page.of(following.subList(1, following.size()), limit));
    }

    /** Creates a key with its budget, both or neither. The result is the only place that contains its secret. */
    public IssuedKey createKey(NewKey wanted) {
        rules.groupName("group", wanted.group());
        rules.label(wanted.label());
        rules.limits(wanted.limits());
        Instant now = now();
        KeySecret secret = KeySecret.random(random);
        NewKey exact = new NewKey(wanted.group(), wanted.label(), rules.expiry(wanted.expires(), now), wanted.limits());
        ApiKey key = ApiKey.made(KeySecret.newId(random), secret.prefix(), exact, now);
        store.change(tables -> {
            existing(tables, "group", key.group());
            tables.insert(key, secret.hash());
            return tables.write(handle -> {
                accounts.openKey(handle, key.rootKeyId(), wanted.budget());
                return key;
            });
        });
        LOG.info("key created id={} group={}", key.id(), key.group());
        return new IssuedKey(key, secret.value());
    }

    /** Returns all keys, the oldest first. */
    public List<ApiKey> keys() {
        return store.read(tables -> tables.keys(null, null, Integer.MAX_VALUE));
    }

    /** Returns the keys of a group, the oldest first. */
    public List<ApiKey> keys(String group) {
        rules.groupName("group", group);
        return store.read(tables -> tables.keys(existing(tables, "group", group).name(), null, Integer.MAX_VALUE));
    }

    /**
     * Returns keys, the oldest first.
     *
     * @param group the name of their group; null for all groups
     * @param after the id of the key that they follow; null for the first keys
     * @param limit the maximum number of keys
     * @return empty if there is no key {@code after} in the list
     */
    public Optional<Page<ApiKey>> keys(@Nullable String group, @Nullable String after, int limit) {
        if (group != null) {
            rules.groupName("group", group);
        }
        int oneMore = limit == Integer.MAX_VALUE ? limit : limit + 1;
        return store.read(tables -> {
            String name = group == null ? null : existing(tables, "group", group).name();
            ApiKey before = after == null ? null : tables.key(after).orElse(null);
            if (after != null && (before == null || (name != null && !name.equals(before.group())))) {
                return Optional.empty();
            }
            return Optional.of(Page.of(tables.keys(name, before, oneMore), limit));
        });
    }

    /** Returns a key. */
    public ApiKey key(String id) {
        rules.keyId(id);
        return store.read(tables -> existing(tables, id));
    }

    /** Changes the given properties of a key. */
    public ApiKey updateKey(String id, KeyChange change) {
        rules.keyId(id);
        KeyChange checked = checked(change);
        ApiKey changed = store.change(tables -> {
            ApiKey key = checked.of(unrevoked(tables, id));
            tables.update(key);
            return key;
        });
        LOG.info("key changed id={} group={}", id, changed.group());
        return changed;
    }

    /** Revokes a key permanently. A revoked key stays as revoked. */
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
        LOG.info("key revoked id={} group={}", id, revoked.group());
        return revoked;
    }

    /**
     * Creates a key that replaces another, with its group, label, limits and expiry.
     *
     * @param grace how long the old key stays valid, unless it expires earlier; zero revokes it immediately
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
                throw AdministrationException.conflict("id", "The key '" + id + "' has expired. Create a new key.");
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
        LOG.info("key rotated id={} new-id={} group={} grace={}", id, issued.id(), issued.group(), grace);
        return new IssuedKey(issued, secret.value());
    }

    private KeyChange checked(KeyChange change) {
        rules.label(change.label());
        rules.limits(change.limits());
        KeyChange.Expiry expiry = change.expires();
        return new KeyChange(change.label(), change.disabled(),
                expiry == null ? null : new KeyChange.Expiry(rules.expiry(expiry.at(), now())), change.limits());
    }

    /** Returns the current time in the precision of the database. */
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
                    "The key '" + id + "' is revoked permanently. Create a new key.");
        }
        return key;
    }
}
