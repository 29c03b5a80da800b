package dev.retouch.server.store;

/** The database cannot be reached, or did not do what it was asked in time. It may come back; nothing needs a restart. */
public final class DatabaseAwayException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    DatabaseAwayException(Throwable cause) {
        super("the database is away", cause);
    }
}
