package dev.retouch.server.database;

/**
 * Thrown if the database cannot be reached or did not confirm in time. It may recover without a restart of the gateway.
 */
public final class DatabaseUnavailableException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final boolean written;

    /** A call whose outcome is unknown. */
    DatabaseUnavailableException(Throwable cause) {
        this(cause, true);
    }

    /** A call that may have been written, or that certainly was not. */
    DatabaseUnavailableException(Throwable cause, boolean mayBeWritten) {
        super("the database is unavailable", cause);
        this.written = mayBeWritten;
    }

    /** Whether the write may have been committed, or may still be. If not, it never began. */
    public boolean mayBeWritten() {
        return written;
    }
}
