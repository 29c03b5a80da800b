package dev.retouch.server.task;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot of a task.
 *
 * @param id the random task id, which cannot be guessed
 * @param account the root key id of the key that submitted it
 * @param state its state
 * @param progress its progress
 * @param ended its outcome; all fields are null until it has ended
 * @param created the time of the submission
 * @param started the time at which it began to run; null before
 * @param finished the time at which it ended; null before
 * @param expires the time at which it is removed; null until it has ended
 */
public record Task(String id, String account, TaskState state, Progress progress, Ending ended, Instant created,
        @Nullable Instant started, @Nullable Instant finished, Instant expires) {

    /**
     * The progress of a task.
     *
     * @param completed the number of final images
     * @param partial the number of partial images
     * @param asked the number of images requested
     */
    public record Progress(int completed, int partial, int asked) {}

    /**
     * The outcome of a task, as JSON.
     *
     * @param headers the headers that the response of the edit would have had, as a map
     * @param result the result with signed URLs; null if it failed
     * @param error the error envelope; null if it succeeded
     */
    public record Ending(@Nullable String headers, @Nullable String result, @Nullable String error) {

        static Ending failed(String error) {
            return new Ending(null, null, error);
        }
    }
}
