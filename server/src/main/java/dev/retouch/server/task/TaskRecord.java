package dev.retouch.server.task;

import java.time.Instant;

import org.jspecify.annotations.Nullable;

/**
 * A task as administrators see it: without its prompt, images and result.
 *
 * @param id the task id
 * @param rootKeyId the root key id of the key that submitted it
 * @param editId the edit id
 * @param state its state
 * @param progress its progress
 * @param created the time of the submission
 * @param started the time at which it began to run; null before
 * @param finished the time at which it ended; null before
 * @param expires the time at which it is removed, once it has ended
 * @param error the error envelope as JSON; null unless it failed
 */
public record TaskRecord(String id, String rootKeyId, String editId, TaskState state, Task.Progress progress,
        Instant created, @Nullable Instant started, @Nullable Instant finished, Instant expires,
        @Nullable String error) {}
