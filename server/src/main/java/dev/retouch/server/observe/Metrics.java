package dev.retouch.server.observe;

import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import io.github.resilience4j.micrometer.tagged.TaggedCircuitBreakerMetrics;
import io.micrometer.core.instrument.Clock;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.DiskSpaceMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.prometheus.metrics.model.snapshots.DuplicateLabelsException;

import dev.retouch.server.admission.ServerCapacity;
import dev.retouch.server.billing.LedgerFigures;
import dev.retouch.server.database.Database.ConnectionPool;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.moderation.ModerationObserver;
import dev.retouch.server.storage.StorageObserver;
import dev.retouch.server.upstream.UpstreamObserver;

/** All metrics of an instance. Counts events, reads states at each scrape, and renders both in the text format of Prometheus or in OpenMetrics. */
public final class Metrics implements AutoCloseable {

    private static final int MAX_SCRAPES_AGAIN = 3;
    private static final int MAX_GROUPS = 200;
    private static final int MAX_CATEGORIES = 60;

    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    private final Exemplars exemplars = new Exemplars();
    private final PrometheusMeterRegistry meters;
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final BoundedLabel groups = new BoundedLabel(MAX_GROUPS);
    private final UpstreamMetrics upstreams;
    private final ModerationMetrics moderation;
    private final EditMetrics edits;
    private final StorageMetrics storage;
    private final MultiGauge sunsets;
    private final AtomicLong filesValid = new AtomicLong();
    private final AtomicLong lastReload = new AtomicLong();
    private final Map<String, AtomicLong> catalogVersions = new ConcurrentHashMap<>();

    /**
     * Creates the registry.
     *
     * @param breakers circuit breakers whose state is read at each scrape
     * @param dataDir the data directory, whose disk is measured
     * @param traced whether histograms refer to traces
     */
    public Metrics(CircuitBreakerRegistry breakers, Path dataDir, boolean traced) {
        meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT, new PrometheusRegistry(), Clock.SYSTEM,
                traced ? exemplars : null);
        upstreams = new UpstreamMetrics(meters);
        moderation = new ModerationMetrics(meters, new BoundedLabel(MAX_CATEGORIES));
        edits = new EditMetrics(meters, groups);
        storage = new StorageMetrics(meters);
        sunsets = MultiGauge.builder("retouch.model.sunset.timestamp").baseUnit("seconds")
                .description("When the provider ends the model").register(meters);
        TaggedCircuitBreakerMetrics.ofCircuitBreakerRegistry(breakers).bindTo(meters);
        new ClassLoaderMetrics().bindTo(meters);
        new JvmMemoryMetrics().bindTo(meters);
        new JvmThreadMetrics().bindTo(meters);
        new ProcessorMetrics().bindTo(meters);
        new FileDescriptorMetrics().bindTo(meters);
        new UptimeMetrics().bindTo(meters);
        new DiskSpaceMetrics(dataDir.toFile()).bindTo(meters);
        collections.bindTo(meters);
        Gauge.builder("retouch.config.valid", filesValid, AtomicLong::get)
                .description("1 if the files of models, upstreams and rules are in use, 0 if the last read failed")
                .register(meters);
        Gauge.builder("retouch.config.reload.timestamp", lastReload, AtomicLong::get).baseUnit("seconds")
                .description("When the files in use were read").register(meters);
    }

    /** Returns the receiver of the events of attempts. */
    public UpstreamObserver upstreams() {
        return upstreams;
    }

    /** Returns the receiver of verdicts. */
    public ModerationObserver moderation() {
        return moderation;
    }

    /** Returns the receiver of the ends of requests to the object store. */
    public StorageObserver storage() {
        return storage;
    }

    EditListener edits() {
        return edits;
    }

    /** Returns what sets the trace that histograms refer to. */
    Exemplars exemplars() {
        return exemplars;
    }

    /**
     * Shows the state of each upstream. Replaces the upstreams that were shown before.
     *
     * @param states the states by upstream: {@code ok}, {@code half-open} or {@code open}
     */
    public void showUpstreams(Supplier<Map<String, String>> states) {
        upstreams.show(states);
    }

    /** Shows the requests and body bytes in flight, and the limits of both. */
    public void showCapacity(ServerCapacity capacity, int maxRequests, long maxBytes) {
        gauge("retouch.requests.in.flight", "Authenticated requests in flight", capacity::requests);
        gauge("retouch.requests.in.flight.limit", "The server capacity in requests", () -> maxRequests);
        gauge("retouch.bytes.in.flight", "Request body bytes in flight", capacity::bytes);
        gauge("retouch.bytes.in.flight.limit", "The server capacity in bytes", () -> maxBytes);
    }

    /**
     * Shows the connections of clients.
     *
     * @param open how many are open
     * @param max how many there may be
     * @param closed how many waiting connections were closed because there were too many
     */
    public void showConnections(DoubleSupplier open, int max, LongSupplier closed) {
        gauge("retouch.connections", "Open connections of clients", open);
        gauge("retouch.connections.limit", "The maximum number of connections of clients", () -> max);
        // a meter has only a weak reference to the object that it reads
        FunctionCounter.builder("retouch.connections.closed", meters, any -> closed.getAsLong())
                .description("Waiting connections that were closed because there were too many").register(meters);
    }

    /** Shows the connection pool, and whether the last heartbeat reached the database. */
    public void showDatabase(Supplier<ConnectionPool> pool, BooleanSupplier available) {
        gauge("retouch.database.available", "1 if the last heartbeat reached the database, otherwise 0",
                () -> available.getAsBoolean() ? 1 : 0);
        gauge("retouch.db.pool.active", "Database connections in use", () -> pool.get().active());
        gauge("retouch.db.pool.idle", "Open database connections that are not in use", () -> pool.get().idle());
        gauge("retouch.db.pool.waiting", "Threads that wait for a database connection", () -> pool.get().waiting());
        gauge("retouch.db.pool.max", "The maximum number of database connections", () -> pool.get().max());
    }

    /** Shows whether the object store takes objects. */
    public void showStorage(BooleanSupplier available) {
        gauge("retouch.storage.available", "1 if the last attempt to store an object succeeded, otherwise 0",
                () -> available.getAsBoolean() ? 1 : 0);
    }

    /** Shows the ends of edits that wait for the database. */
    public void showDeferredSettlements(DoubleSupplier waiting) {
        gauge("retouch.deferred.settlements", "Ends of edits that wait for the database", waiting);
    }

    /** Creates the metrics of the ledger; the result shows new figures. */
    public Consumer<LedgerFigures> showLedger(String currency) {
        return new LedgerMetrics(meters, groups, currency)::show;
    }

    /**
     * Shows the tasks of all instances in a state.
     *
     * @param state the name of the state in the contract
     */
    public void showTasks(String state, DoubleSupplier count) {
        Gauge.builder("retouch.tasks", count::getAsDouble).description("Tasks of all instances that have not ended")
                .tag("state", state).register(meters);
    }

    /** Shows how many tasks may wait for a worker of this instance. */
    public void showTaskLimit(int maxWaiting) {
        gauge("retouch.tasks.limit", "How many tasks may wait for a worker of this instance", () -> maxWaiting);
    }

    /** Shows the end of each model that has one. Replaces what was shown before. */
    public void showSunsets(ModelRegistry models) {
        List<Row<?>> rows = new ArrayList<>();
        models.all().forEach((id, model) -> {
            LocalDate sunset = model.sunset();
            if (sunset != null) {
                rows.add(Row.of(Tags.of("model", id), sunset.toEpochSecond(LocalTime.MIN, ZoneOffset.UTC)));
            }
        });
        sunsets.register(rows, true);
    }

    /** Counts a reload of the files of models, upstreams and rules, and shows whether they are valid. */
    public void reloaded(boolean valid, Instant time) {
        Counter.builder("retouch.config.reloads").description("Reads of the files of models, upstreams and rules")
                .tag("outcome", valid ? "changed" : "invalid").register(meters).increment();
        filesValid.set(valid ? 1 : 0);
        if (valid) {
            lastReload.set(time.getEpochSecond());
        }
    }

    /** Counts a document that was refused, so that nothing changed. */
    public void refusedDocument() {
        Counter.builder("retouch.config.reloads").description("Reads of the files of models, upstreams and rules")
                .tag("outcome", "refused").register(meters).increment();
    }

    /**
     * Shows the version of the stored document in use.
     *
     * @param kind {@code upstreams}, {@code models} or {@code rules}
     * @param version the version; 0 for the file
     */
    public void showCatalogVersion(String kind, long version) {
        catalogVersions.computeIfAbsent(kind, name -> {
            AtomicLong shown = new AtomicLong();
            Gauge.builder("retouch.config.version", shown, AtomicLong::get)
                    .description("The version of the stored document in use, 0 for the file").tag("kind", name)
                    .register(meters);
            return shown;
        }).set(version);
    }

    /** Shows when the TLS certificate expires. */
    public void showCertificate(Supplier<Optional<Instant>> expiry) {
        if (expiry.get().isPresent()) {
            Gauge.builder("retouch.tls.certificate.expiry.timestamp",
                    () -> expiry.get().map(Instant::getEpochSecond).orElse(0L)).baseUnit("seconds")
                    .description("When the TLS certificate expires").register(meters);
        }
    }

    /** Shows the version of the program. */
    public void showBuild(String version, String revision) {
        Gauge.builder("retouch.build.info", () -> 1).description("The version of the gateway").tag("version", version)
                .tag("revision", revision).tag("java", Runtime.version().toString()).register(meters);
    }

    private void gauge(String name, String description, DoubleSupplier value) {
        Gauge.builder(name, value::getAsDouble).description(description).register(meters);
    }

    /** Returns the current metrics in the text format of Prometheus. */
    public String text() {
        return consistent(meters::scrape);
    }

    /** Returns the current metrics in the format OpenMetrics 1.0, with exemplars. */
    public String openMetrics() {
        return consistent(() -> meters.scrape(OPEN_METRICS));
    }

    /** Scrapes again if a meter was replaced by one with the same name and labels meanwhile, which the scrape may see twice. */
    private static String consistent(Supplier<String> scrape) {
        for (int more = MAX_SCRAPES_AGAIN;; more--) {
            try {
                return scrape.get();
            } catch (DuplicateLabelsException e) {
                if (more == 0) {
                    throw e;
                }
            }
        }
    }

    @Override
    public void close() {
        collections.close();
        meters.close();
    }
}
