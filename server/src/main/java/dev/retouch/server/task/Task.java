package dev.retouch.server.task;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A task as it is at one moment.
 *
 * @param id its name, which nobody can guess
 * @param account whose it is
 * @param state how far it is
 * @param progress how much has come
 * @param ended what it ended in, once it has
 * @param created when it was asked for
 * @param started when it began to run, if it has
 * @param finished when it ended, if it has
 * @param expires when it will be forgotten
 */
public record Task(String id, String account, TaskState state, Progress progress, Ending ended, Instant created,
        @Nullable Instant started, @Nullable Instant finished, Instant expires) {

    /**
     * How much has come of what was asked for.
     *
     * @param completed finished images
     * @param partial previews
     * @param asked how many images were asked for
     */
    public record Progress(int completed, int partial, int asked) {}

    /**
     * What a task ended in; all of it is JSON.
     *
     * @param headers what the headers of the answer would have told, a map
     * @param result the answer, with links
     * @param error the envelope of an error
     */
    public record Ending(@Nullable String headers, @Nullable String result, @Nullable String error) {

        static Ending failed(String error) {
            return new Ending(null, null, error);
        }
    }
}
