package dev.retouch.server.app;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.billing.Ledger;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.database.Database;
import dev.retouch.server.database.DeferredWrites;
import dev.retouch.server.database.Instance;
import dev.retouch.server.edit.EditPipeline;
import dev.retouch.server.error.ErrorRenderer;
import dev.retouch.server.exchange.EditObserver;
import dev.retouch.server.idempotency.IdempotencyRepository;
import dev.retouch.server.idempotency.IdempotentEditService;
import dev.retouch.server.idempotency.StoredResponseFiles;
import dev.retouch.server.image.Spool;
import dev.retouch.server.key.PrincipalLookup;
import dev.retouch.server.key.SandboxKey;
import dev.retouch.server.storage.ObjectStore;
import dev.retouch.server.task.TaskFiles;
import dev.retouch.server.task.TaskRepository;
import dev.retouch.server.task.TaskRunner;
import dev.retouch.server.task.TaskService;
import dev.retouch.server.task.TaskState;

/** Creates what runs edits that survive a disconnect: edits with an idempotency key, and tasks. */
final class DurableEditWiring {

    /** How long running edits may continue on shutdown, after the HTTP server has drained. */
    private static final Duration GRACE = Duration.ofSeconds(5);
    /** How long the response to a submitted task waits for an early refusal. */
    private static final Duration REFUSAL_WAIT = Duration.ofMillis(300);

    private final DeferredWrites deferredWrites;
    private final IdempotentEditService idempotent;
    private final TaskRepository table;
    private final TaskService tasks;

    /** Components that durable edits share with other edits. */
    record Dependencies(Configuration configuration, Clock clock, Storage storage, Instance instance, Ledger ledger,
            ObjectStoreWiring objects, Spool spool, Optional<SandboxKey> sandboxKey, ErrorRenderer errors,
            EditObserver observer) {}

    DurableEditWiring(Lifecycle lifecycle, Dependencies shared, EditPipeline edits) throws IOException {
        Configuration configuration = shared.configuration();
        Instance instance = shared.instance();
        Clock clock = instance.clock(); // instances share the store of files, as the rows that name them are
        Ledger ledger = shared.ledger();
        Path dataDir = configuration.dataDir();
        ObjectStore objects = shared.objects().store();
        Database database = shared.storage().database();
        Duration responseLifetime = configuration.idempotency().lifetime();
        this.deferredWrites = lifecycle.add(new DeferredWrites(database));
        IdempotencyRepository claims = new IdempotencyRepository(database, deferredWrites, ledger, instance,
                responseLifetime);
        this.idempotent = lifecycle
                .add(new IdempotentEditService(edits, claims,
                        new StoredResponseFiles(objects, dataDir, clock, responseLifetime, shared.objects().quota()),
                        shared.objects().hostedImages().links(), responseLifetime, shared.errors(), GRACE));
        this.table = new TaskRepository(database, ledger, instance, configuration.tasks().lifetime());
        TaskFiles files = new TaskFiles(objects, dataDir, shared.spool(), clock, shared.objects().quota());
        TaskRunner runner = new TaskRunner(edits,
                new PrincipalLookup(shared.storage().keys(), shared.sandboxKey(), shared.clock())::holder, files, table,
                configuration.tasks().lifetime(), shared.observer());
        this.tasks = lifecycle
                .add(new TaskService(table, files, runner, claims, deferredWrites, shared.errors(),
                        new TaskService.Settings(
                                configuration.tasks().maxRunning(), configuration.tasks().maxWaiting(), REFUSAL_WAIT,
                                GRACE)));
    }

    void scheduleJobs(BackgroundJobs jobs) {
        jobs.schedule(Duration.ofMillis(500), "deferred writes", deferredWrites::retry);
        jobs.schedule(Duration.ofMillis(500), "canceled tasks", tasks::endCanceled);
        jobs.schedule(Duration.ofSeconds(2), "orphaned tasks", tasks::inherit);
        jobs.schedule(Duration.ofSeconds(30), "unwritten responses", idempotent::writeUnwritten);
        jobs.schedule(Duration.ofSeconds(15), "late claims", idempotent::removeLateClaims);
        jobs.schedule(Duration.ofMinutes(1), "expired responses", idempotent::removeExpired);
        jobs.schedule(Duration.ofMinutes(1), "expired tasks", tasks::removeExpired);
    }

    IdempotentEditService idempotent() {
        return idempotent;
    }

    /** Returns the number of tasks of all instances that have not ended, by state. */
    Map<TaskState, Long> taskCounts() {
        return table.counts();
    }

    TaskService tasks() {
        return tasks;
    }
}
