package dev.retouch.server.task;

import java.util.Locale;

/** The state of a task. */
public enum TaskState {
    /** Waits for a free worker. */
    QUEUED,
    /** Its edit is running. */
    RUNNING,
    /** Ended with a result. */
    SUCCEEDED,
    /** Ended with an error. */
    FAILED,
    /** Canceled by the client. */
    CANCELED;

    /** The name in the database and in the contract. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether the task has ended. */
    public boolean isOver() {
        return this != QUEUED && this != RUNNING;
    }

    static TaskState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
