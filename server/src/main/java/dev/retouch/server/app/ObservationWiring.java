package dev.retouch.server.app;

import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;

import dev.retouch.server.admission.ServerCapacity;
import dev.retouch.server.billing.LedgerFigures;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.database.Database;
import dev.retouch.server.error.ErrorRule;
import dev.retouch.server.exchange.EditFigures;
import dev.retouch.server.exchange.EditObserver;
import dev.retouch.server.http.HttpServer;
import dev.retouch.server.observe.EditEvents;
import dev.retouch.server.observe.Metrics;
import dev.retouch.server.observe.RecentEdits;
import dev.retouch.server.observe.RetainedRuns;
import dev.retouch.server.observe.Tracing;
import dev.retouch.server.task.TaskState;

/** Creates the metrics, and connects them with the components whose state they show. */
final class ObservationWiring {

    /** How often sums are read from the database. */
    private static final Duration PERIOD = Duration.ofSeconds(5);

    private final Metrics metrics;
    private final Optional<Tracing> tracing;
    private final RecentEdits recent;
    private final RetainedRuns runs;
    private final EditObserver edits;
    private final Configuration configuration;
    private final Consumer<LedgerFigures> ledger;
    private volatile Map<TaskState, Long> taskCounts = Map.of();

    /**
     * Creates the metrics of edits, upstreams and moderation, and their traces if an endpoint is named.
     *
     * @param environment variables, of which those of OpenTelemetry say where spans are sent
     * @param rules returns the rule of the error that a failure causes
     */
    ObservationWiring(Lifecycle lifecycle, Configuration configuration, Map<String, String> environment,
            CircuitBreakerRegistry breakers, Function<Throwable, Optional<ErrorRule>> rules, Clock clock) {
        this.configuration = configuration;
        BuildInfo build = BuildInfo.read();
        this.tracing = Tracing.of(environment, build.version());
        tracing.ifPresent(lifecycle::add);
        this.metrics = lifecycle.add(new Metrics(breakers, configuration.dataDir(), tracing.isPresent()));
        this.recent = new RecentEdits(clock);
        this.runs = new RetainedRuns(clock);
        this.edits = new EditEvents(rules, metrics, recent, runs, tracing);
        this.ledger = metrics.showLedger(configuration.billing().currency());
        metrics.showBuild(build.version(), build.revision());
    }

    /** Shows the states of components. */
    void show(Database database, ServerCapacity capacity, InstanceWiring instance, BillingWiring billing) {
        metrics.showCapacity(capacity, configuration.http().maxRequestsInFlight(),
                configuration.http().maxBytesInFlight().bytes());
        metrics.showDatabase(database::connections, instance::databaseAvailable);
        metrics.showDeferredSettlements(billing::deferredSettlements);
        metrics.showTaskLimit(configuration.tasks().maxWaiting());
    }

    /** Shows the connections of clients, and the expiry of the server's certificate. */
    void show(HttpServer server) {
        metrics.showConnections(server::connections, server.maxConnections(), server::closedConnections);
        metrics.showCertificate(server::certificateExpiry);
    }

    /** Reads the sums of the ledger and of tasks, now and periodically. */
    void scheduleJobs(BackgroundJobs jobs, Database database, DurableEditWiring durableEdits) {
        for (TaskState state : new TaskState[]{TaskState.QUEUED, TaskState.RUNNING}) {
            metrics.showTasks(state.word(), () -> taskCounts.getOrDefault(state, 0L));
        }
        Runnable read = () -> {
            ledger.accept(LedgerFigures.read(database));
            taskCounts = durableEdits.taskCounts();
        };
        read.run();
        jobs.schedule(PERIOD, "figures of the ledger", read);
    }

    /** Shows the base URLs of upstreams by name in the spans of attempts. */
    void showUpstreams(Map<String, URI> urls) {
        tracing.ifPresent(on -> on.upstreams(urls));
    }

    RetainedRuns runs() {
        return runs;
    }

    Metrics metrics() {
        return metrics;
    }

    /** Returns the figures of recent edits. */
    EditFigures recentEdits() {
        return recent.figures();
    }

    /** Returns the receiver of the events of edits. */
    EditObserver edits() {
        return edits;
    }
}
