package dev.retouch.server.billing;

/** Whose money it is: every key has a budget and every group has one, and an edit counts in both. */
public final class Owner {

    private static final String KEY = "key:";
    private static final String GROUP = "group:";

    private Owner() {}

    /** A key, by its id. */
    public static String ofKey(String id) {
        return KEY + id;
    }

    /** A group, by its name. */
    public static String ofGroup(String name) {
        return GROUP + name;
    }

    /** Whether it is a key, and not a group. */
    public static boolean isKey(String owner) {
        return owner.startsWith(KEY);
    }
}
