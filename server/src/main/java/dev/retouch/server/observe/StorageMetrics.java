package dev.retouch.server.observe;

import java.time.Duration;
import java.util.Locale;

import io.micrometer.core.instrument.MeterRegistry;

import dev.retouch.server.storage.StorageObserver;

/** Counts and times the requests to the object store. */
final class StorageMetrics implements StorageObserver {

    private final Meters requests;

    StorageMetrics(MeterRegistry meters) {
        this.requests = new Meters(meters);
    }

    @Override
    public void ended(Operation operation, Outcome outcome, Duration duration) {
        requests.timer("retouch.storage.requests", "Requests to the object store, with their retries", Buckets::phases,
                "operation", operation.name().toLowerCase(Locale.ROOT), "outcome",
                outcome.name().toLowerCase(Locale.ROOT)).record(duration);
    }
}
