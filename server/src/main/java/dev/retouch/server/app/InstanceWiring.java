package dev.retouch.server.app;

import java.time.Clock;
import java.time.Duration;

import dev.retouch.server.database.Database;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.database.Instance;

/** Registers this instance in the database and sends its heartbeats. Their success is the state of the database in {@code /readyz}. */
final class InstanceWiring {

    private final Instance instance;
    private final Duration interval;
    private volatile boolean databaseAvailable = true;

    InstanceWiring(Lifecycle lifecycle, Database database, Duration deadAfter, Clock clock) {
        this.instance = lifecycle.add(Instance.register(database, clock, deadAfter));
        if (!database.isShared()) {
            instance.removeOthers(); // the data directory is locked, so these processes have ended
        }
        this.interval = Instance.interval(deadAfter);
    }

    void scheduleJobs(BackgroundJobs jobs) {
        jobs.schedule(interval, "heartbeat", this::heartbeat);
    }

    private void heartbeat() {
        try {
            instance.heartbeat();
            databaseAvailable = true;
        } catch (DatabaseUnavailableException e) {
            databaseAvailable = false;
            throw e;
        }
    }

    /** Whether the last heartbeat reached the database. */
    boolean databaseAvailable() {
        return databaseAvailable;
    }

    Instance instance() {
        return instance;
    }
}
