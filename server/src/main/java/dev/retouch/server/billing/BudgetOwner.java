package dev.retouch.server.billing;

/** Formats the owners of budgets. Each key and each group has a budget, and an edit is charged to both. */
public final class BudgetOwner {

    private static final String KEY = "key:";
    private static final String GROUP = "group:";

    private BudgetOwner() {}

    /** The owner for a key id. */
    public static String ofKey(String id) {
        return KEY + id;
    }

    /** The owner for a group name. */
    public static String ofGroup(String name) {
        return GROUP + name;
    }

    /** Whether the owner is a key; otherwise it is a group. */
    public static boolean isKey(String owner) {
        return owner.startsWith(KEY);
    }
}
