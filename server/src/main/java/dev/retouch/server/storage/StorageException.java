package dev.retouch.server.storage;

import java.io.IOException;

import org.jspecify.annotations.Nullable;

/** The object store failed, did not answer in time, or is behind an open circuit breaker. */
public final class StorageException extends IOException {

    private static final long serialVersionUID = 1L;

    StorageException(String message, @Nullable Throwable cause) {
        super(message, cause);
    }

    StorageException(String message) {
        this(message, null);
    }

    /** Whether a failure of the object store is among the causes of this failure, or is the failure itself. */
    public static boolean isIn(@Nullable Throwable failure) {
        Throwable cause = failure;
        while (cause != null && !(cause instanceof StorageException)) {
            cause = cause.getCause();
        }
        return cause != null;
    }
}
