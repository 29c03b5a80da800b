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

import dev.retouch.server.policy.RoomLimits;

/** What an administrator may ask for. */
final class AdministrationRules {

    /** The group of the sandbox key, which is not in the database. */
    static final String RESERVED = "sandbox";

    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,62}");
    private static final Pattern KEY_ID = Pattern.compile("key_[0-9A-Za-z]{1,40}");
    private static final Instant LATEST = Instant.parse("9999-12-31T23:59:59Z");
    private static final Pattern SHOWN = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._:/-]{0,40}");
    private static final int LONGEST_LABEL = 100;
    private static final Duration LONGEST_WAIT = Duration.ofHours(1);
    private static final Duration LONGEST_GRACE = Duration.ofDays(90);

    private final Predicate<String> models;
    private final Predicate<String> upstreams;

    AdministrationRules(Predicate<String> models, Predicate<String> upstreams) {
        this.models = models;
        this.upstreams = upstreams;
    }

    /** The name of a group, which may be one that does not exist. */
    void groupName(String field, String name) {
        if (!NAME.matcher(name).matches()) {
            throw AdministrationException.invalid(field, "A group's name has 1 to 63 characters: lower-case letters,"
                    + " digits, dots, dashes and underscores, of which the first is a letter or a digit.");
        }
    }

    /** The id of a key, which may be one that does not exist. What is no id is not repeated: it may be the key itself. */
    void keyId(String id) {
        if (!KEY_ID.matcher(id).matches()) {
            throw AdministrationException.invalid("id",
                    "An id of a key begins with 'key_'. List the keys to see their ids.");
        }
    }

    /** The name of a group that is to be made. */
    void newGroupName(String name) {
        groupName("name", name);
        if (name.equals(RESERVED)) {
            throw AdministrationException.invalid("name",
                    "The name 'sandbox' is reserved for the group of the sandbox key. Choose another name.");
        }
    }

    /**
     * What can be kept of a group. Only what is given is looked at, so that a group whose model is no longer served can still be
     * changed in other ways.
     */
    void settings(GroupChange given) {
        String platform = given.platform();
        if (platform != null && !NAME.matcher(platform).matches()) {
            throw AdministrationException.invalid("platform",
                    "A platform is named like a group, for example 'openai'.");
        }
        names("models", given.models(), models, "model");
        names("upstreams", given.upstreams(), upstreams, "upstream");
        room(given.room());
    }

    /** Room that can be kept. */
    void room(@Nullable RoomLimits room) {
        Duration wait = room == null ? null : room.queueWait();
        if (wait != null && wait.compareTo(LONGEST_WAIT) > 0) {
            throw AdministrationException.invalid("room",
                    "queue_wait_seconds must be at most " + LONGEST_WAIT.toSeconds() + ".");
        }
    }

    /** A label that can be shown in one line. */
    void label(@Nullable String label) {
        if (label == null) {
            return;
        }
        if (label.length() > LONGEST_LABEL || label.chars().anyMatch(Character::isISOControl)) {
            throw AdministrationException.invalid("label",
                    "A label is one line of at most " + LONGEST_LABEL + " characters.");
        }
    }

    /** A moment that is still to come, as exactly as it is kept. */
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

    /** How long a key may go on working beside the one that follows it. */
    void grace(Duration grace) {
        if (grace.isNegative() || grace.compareTo(LONGEST_GRACE) > 0) {
            throw AdministrationException.invalid("grace", "The old key can go on working for no less than zero and no"
                    + " more than " + LONGEST_GRACE.toDays() + " days. Give zero to end it at once.");
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

    /** What does not look like a name may be anything, even a key. */
    private static String shown(String name) {
        return SHOWN.matcher(name).matches() ? name : "…";
    }
}
