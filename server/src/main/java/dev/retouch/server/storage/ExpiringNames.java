package dev.retouch.server.storage;

import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;

/**
 * Random ids that begin with the hour after which their object is removed. Objects are in a folder of that hour, so that expired objects
 * are found without a look at each.
 */
public final class ExpiringNames {

    /** The ids, as a regular expression. */
    public static final String FORM = "[0-9a-f]{32}";

    private static final int HOUR_DIGITS = 6;
    private static final Pattern HOUR = Pattern.compile("[0-9a-f]{" + HOUR_DIGITS + "}");
    private static final long SECONDS_PER_HOUR = Duration.ofHours(1).toSeconds();
    /** Longer than the time between the choice of a name and the end of what is stored under it. */
    private static final Duration MARGIN = Duration.ofMinutes(10);

    private ExpiringNames() {}

    /**
     * A new id that cannot be guessed.
     *
     * @param expiry the time until which the object is needed
     */
    public static String newId(Instant expiry) {
        long hour = expiry.plus(MARGIN).getEpochSecond() / SECONDS_PER_HOUR + 1;
        return String.format(Locale.ROOT, "%0" + HOUR_DIGITS + "x", hour)
                + UUID.randomUUID().toString().replace("-", "").substring(HOUR_DIGITS);
    }

    /** The folder of the object with this id. */
    public static String folder(String id) {
        return id.substring(0, HOUR_DIGITS);
    }

    /** Removes the folders of hours in a folder whose objects have all expired. */
    public static void removeExpired(ObjectStore store, String folder, Instant now) throws IOException {
        for (String hour : store.list(folder).folders()) {
            if (isExpired(hour, now)) {
                store.removeFolder(folder + "/" + hour);
            }
        }
    }

    private static boolean isExpired(String hour, Instant now) {
        return HOUR.matcher(hour).matches()
                && Long.parseLong(hour, 16) * SECONDS_PER_HOUR <= now.getEpochSecond();
    }
}
