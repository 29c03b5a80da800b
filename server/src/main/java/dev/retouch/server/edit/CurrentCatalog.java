package dev.retouch.server.edit;

/**
 * The catalog that new edits use. An edit takes it once and uses it until its end. A replaced catalog is released when the last edit that
 * uses it has ended. Thread-safe.
 */
public final class CurrentCatalog implements AutoCloseable {

    private Version current;

    /**
     * Starts with a catalog.
     *
     * @param release closes what only this catalog uses
     */
    public CurrentCatalog(EditCatalog catalog, Runnable release) {
        current = new Version(catalog, release);
    }

    /** A catalog in use. Closing it ends the use; later calls do nothing. */
    public interface Lease extends AutoCloseable {

        /** The catalog that is in use. */
        EditCatalog catalog();

        @Override
        void close();
    }

    /** A catalog with the number of its uses: those of edits, and one for being current. */
    private static final class Version {

        private final EditCatalog catalog;
        private final Runnable release;
        private int uses = 1;

        Version(EditCatalog catalog, Runnable release) {
            this.catalog = catalog;
            this.release = release;
        }
    }

    private final class Use implements Lease {

        private final Version version;
        private boolean closed;

        Use(Version version) {
            this.version = version;
        }

        @Override
        public EditCatalog catalog() {
            return version.catalog;
        }

        @Override
        public void close() {
            synchronized (CurrentCatalog.this) {
                if (closed) {
                    return;
                }
                closed = true;
            }
            end(version);
        }
    }

    /** Takes the current catalog for an edit. */
    public synchronized Lease take() {
        current.uses++;
        return new Use(current);
    }

    /** Returns the current catalog, for a read that does not use its upstreams. */
    public synchronized EditCatalog get() {
        return current.catalog;
    }

    /**
     * Replaces the catalog for new edits.
     *
     * @param release closes what only the new catalog uses
     */
    public void replace(EditCatalog next, Runnable release) {
        Version before;
        synchronized (this) {
            before = current;
            current = new Version(next, release);
        }
        end(before);
    }

    private void end(Version version) {
        boolean last;
        synchronized (this) {
            version.uses--;
            last = version.uses == 0;
        }
        if (last) {
            version.release.run();
        }
    }

    /** Releases the current catalog. Called after the last edit. */
    @Override
    public void close() {
        Version last;
        synchronized (this) {
            last = current;
        }
        end(last);
    }
}
