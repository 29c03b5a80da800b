package dev.retouch.server.config;

import java.time.Duration;

/** The check of one setting's value. */
final class Setting {

    private Setting() {}

    /** Refuses a value, by the name of the setting within its record. */
    static void check(boolean holds, String key, String rule) {
        if (!holds) {
            throw new BadValueException(key, rule);
        }
    }

    /** Refuses a time in which nothing can happen. */
    static void positive(Duration time, String key) {
        check(!time.isNegative() && time.toMillis() > 0, key, "must be longer than nothing");
    }

    /** A value that has the right type and is wrong all the same. */
    static final class BadValueException extends IllegalArgumentException {

        private final String key;

        BadValueException(String key, String rule) {
            super(rule);
            this.key = key;
        }

        String key() {
            return key;
        }
    }
}
