package dev.retouch.server.key;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.admission.AdmissionLimits;
import dev.retouch.server.retention.RetainMode;
import dev.retouch.server.retention.RetentionPolicy;

/** Validates the arguments of administrative operations. */
final class AdministrationRules {

    /** Name of the group of the sandbox key, which is not in the database. */
    static final String RESERVED = "sandbox";

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final Pattern KEY_ID = Pattern.compile("key_[0-9A-Za-z]{1,40}");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
    private static final Pattern SHOWN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,40}");
    private static final int MAX_LABEL = 100;
    private static final Duration MAX_WAIT = Duration.ofHours(1);
    private static final Duration MAX_GRACE = Duration.ofDays(90);

    private final Predicate<String> models;
    private final Predicate<String> upstreams;
    private final boolean contentKey;

    /** @param contentKey whether there is a key that encrypts content of edits */
    AdministrationRules(Predicate<String> models, Predicate<String> upstreams, boolean contentKey) {
        this.models = models;
        this.upstreams = upstreams;
        this.contentKey = contentKey;
    }

    /** Checks the name of a group that may not exist. */
    void groupName(String field, String name) {
        if (!NAME.matcher(name).matches()) {
            throw AdministrationException.invalid(field, "A group's name has 1 to 63 characters: lower-case letters,"
                    + " digits, dots, dashes and underscores, of which the first is a letter or a digit.");
        }
    }

    /**
     * Checks the id of a key that may not exist. An invalid id is not repeated in the message, because it may be a
     * secret.
     */
    void keyId(String id) {
        if (!KEY_ID.matcher(id).matches()) {
            throw AdministrationException.invalid("id",
                    "An id of a key begins with 'key_'. List the keys to see their ids.");
        }
    }

    /** Checks the name of a new group. */
    void newGroupName(String name) {
        groupName("name", name);
        if (name.equals(RESERVED)) {
            throw AdministrationException.invalid("name",
                    "The name 'sandbox' is reserved for the group of the sandbox key. Choose another name.");
        }
    }

    /** Checks the given properties of a group only. A group whose model was removed can still be changed otherwise. */
    void settings(GroupChange given) {
        String platform = given.platform();
        if (platform != null && !NAME.matcher(platform).matches()) {
            throw AdministrationException.invalid("platform",
                    "A platform is named like a group, for example 'openai'.");
        }
        names("models", given.models(), models, "model");
        names("upstreams", given.upstreams(), upstreams, "upstream");
        names("fallback_models", given.fallbackModels(), models, "model");
        limits(given.limits());
        retention(given);
    }

    /** Checks what is kept of edits. */
    private void retention(GroupChange given) {
        Integer days = given.retainDays();
        if (days != null && (days < 1 || days > RetentionPolicy.MAX_DAYS)) {
            throw AdministrationException.invalid("retain_days",
                    "retain_days must be 1 to " + RetentionPolicy.MAX_DAYS + ".");
        }
        if (given.retain() == RetainMode.CONTENT && !contentKey) {
            throw AdministrationException.invalid("retain",
                    "The content of edits cannot be kept: instances share this database, and no key file is named that"
                            + " encrypts it. Set retention.key-file to the same key on every instance, or choose 'metadata'.");
        }
    }

    /** Checks limits. */
    void limits(@Nullable AdmissionLimits limits) {
        Duration wait = limits == null ? null : limits.queueWait();
        if (wait != null && wait.compareTo(MAX_WAIT) > 0) {
            throw AdministrationException.invalid("limits",
                    "queue_wait_seconds must be at most " + MAX_WAIT.toSeconds() + ".");
        }
    }

    /** Checks that a label fits in a line. */
    void label(@Nullable String label) {
        if (label == null) {
            return;
        }
        if (label.length() > MAX_LABEL || label.chars().anyMatch(Character::isISOControl)) {
            throw AdministrationException.invalid("label",
                    "A label is one line of at most " + MAX_LABEL + " characters.");
        }
    }

    /** Checks that an expiry is in the future. Returns it in the precision of the database. */
    @Nullable
    Instant expiry(@Nullable Instant expires, Instant now) {
        if (expires != null && !expires.isAfter(now)) {
            throw AdministrationException.invalid("expires",
                    "The key would have expired already. Give a time to come, or revoke the key to end it now.");
        }
        if (expires != null && expires.isAfter(LATEST)) {
            throw AdministrationException.invalid("expires",
                    "The key would expire after the year 9999. Give an earlier time, or none for a key that stays.");
        }
        return expires == null ? null : expires.truncatedTo(ChronoUnit.MILLIS);
    }

    /** Checks the grace period of a rotated key. */
    void grace(Duration grace) {
        if (grace.isNegative() || grace.compareTo(MAX_GRACE) > 0) {
            throw AdministrationException.invalid("grace", "The old key can go on working for no less than zero and no"
                    + " more than " + MAX_GRACE.toDays() + " days. Give zero to end it at once.");
        }
    }

    private static void names(String field, @Nullable List<String> names, Predicate<String> known,
            String what) {
        if (names == null) {
            return;
        }
        Set<String> seen = new HashSet<>();
        for (String name : names) {
            if (!known.test(name)) {
                throw AdministrationException.invalid(field,
                        "There is no " + what + " '" + shown(name) + "'. Name one that is configured.");
            }
            if (!seen.add(name)) {
                throw AdministrationException.invalid(field,
                        "The " + what + " '" + name + "' is named twice. Name it once.");
            }
        }
    }

    /** Hides a value that is not a valid name, because it may be a secret. */
    private static String shown(String name) {
        return SHOWN.matcher(name).matches() ? name : "…";
    }
}
