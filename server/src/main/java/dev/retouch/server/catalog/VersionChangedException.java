package dev.retouch.server.catalog;

/** Another version was stored than the one that a change was made from. Nothing was stored. */
public final class VersionChangedException extends RuntimeException {

    private final long newest;

    /**
     * Creates the failure.
     *
     * @param newest the newest stored version; 0 if there is none
     */
    VersionChangedException(CatalogKind kind, long newest) {
        super("the newest version of the " + kind.word() + " is " + newest, null, false, false);
        this.newest = newest;
    }

    /** Returns the newest stored version; 0 if there is none. */
    public long newest() {
        return newest;
    }
}
