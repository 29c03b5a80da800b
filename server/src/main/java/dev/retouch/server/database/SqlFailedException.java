package dev.retouch.server.database;

import java.sql.SQLException;

/** A statement failed; the cause is what the database said. */
final class SqlFailedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    SqlFailedException(SQLException cause) {
        super(cause);
    }
}
