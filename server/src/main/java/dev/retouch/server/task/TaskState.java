package dev.retouch.server.task;

import java.util.Locale;

/** How far a task is. */
public enum TaskState {
    /** Waits for a hand that is free. */
    QUEUED,
    /** Under way. */
    RUNNING,
    /** Has a result. */
    SUCCEEDED,
    /** Has an error. */
    FAILED,
    /** Nobody wanted it any more. */
    CANCELED;

    /** As it is stored and told. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Whether it has ended. */
    public boolean isOver() {
        return this != QUEUED && this != RUNNING;
    }

    static TaskState of(String word) {
        return valueOf(word.toUpperCase(Locale.ROOT));
    }
}
