package dev.retouch.server.app;

import java.time.Clock;
import java.time.Duration;

import dev.retouch.server.retention.ContentRecorder;
import dev.retouch.server.retention.RetainedReader;
import dev.retouch.server.retention.RetainedRepository;

/** Creates what keeps prompts, thumbnails and the runs of edits, and what deletes them. */
final class RetentionWiring {

    private final RetainedRepository repository;
    private final ContentRecorder recorder;
    private final RetainedReader reader;

    RetentionWiring(Lifecycle lifecycle, Storage storage, ObservationWiring observation, Clock clock) {
        this.repository = storage.retained();
        this.recorder = lifecycle.add(new ContentRecorder(repository, storage.contentKey(), clock));
        this.reader = new RetainedReader(repository, storage.contentKey());
        observation.runs().sendTo(recorder::ended);
    }

    void scheduleJobs(BackgroundJobs jobs) {
        jobs.schedule(Duration.ofMinutes(1), "kept content of edits", repository::enforceAll);
    }

    ContentRecorder recorder() {
        return recorder;
    }

    RetainedReader reader() {
        return reader;
    }
}
