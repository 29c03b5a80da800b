package dev.retouch.server.app;

import org.jspecify.annotations.Nullable;

/** Thrown if a backup cannot be written or restored, for a reason that an operator can fix. */
public final class BackupException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BackupException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    BackupException(String message) {
        this(message, null);
    }
}
