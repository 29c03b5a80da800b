package dev.retouch.server.app;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Stream;

import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.catalog.CatalogInUse;
import dev.retouch.server.catalog.CatalogKind;
import dev.retouch.server.catalog.CatalogRepository;
import dev.retouch.server.catalog.CatalogVersion;
import dev.retouch.server.catalog.InstanceCatalog;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.edit.CurrentCatalog;
import dev.retouch.server.edit.EditCatalog;
import dev.retouch.server.image.Spool;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.observe.Metrics;
import dev.retouch.server.settings.ConfigurationException;
import dev.retouch.server.upstream.UpstreamRegistry;

/**
 * Creates models, upstreams and moderators from their files and stored documents, and again when a file changes, a document is stored, or
 * the operator asks for it. Upstreams that have not changed keep their connections and circuit breakers. What is invalid changes nothing.
 */
final class CatalogWiring implements AutoCloseable, InstanceCatalog {

    private static final Logger LOG = LoggerFactory.getLogger(CatalogWiring.class);
    private static final Duration PERIOD = Duration.ofMillis(500);
    /** When a stored document that was invalid here is tried again: its key file may have arrived meanwhile. */
    private static final Duration RETRY = Duration.ofSeconds(5);

    private final Configuration configuration;
    private final Map<String, String> environment;
    private final Optional<SandboxAddress> sandbox;
    private final CircuitBreakerRegistry breakers;
    private final ObservationWiring observation;
    private final CatalogRepository repository;
    private final Spool spool;
    private final Clock clock;
    private final SharedConnections connections = new SharedConnections();
    private final WatchedFiles files = new WatchedFiles();
    /** Closes connections, so that the last edit that used them does not wait. */
    private final ExecutorService releases = Executors
            .newThreadPerTaskExecutor(Thread.ofVirtual().name("catalog-release-", 0).factory());
    private final CurrentCatalog catalogs;
    private List<Path> watched = List.of();
    private Map<CatalogKind, CatalogVersion> stored;
    private volatile CatalogSources used;
    private String mistake = "";
    private Instant tried;

    /** A catalog with its documents, the base URLs of its upstreams by name, and the uses of its connections. */
    private record Built(EditCatalog catalog, CatalogSources sources, Map<String, URI> urls,
            SharedConnections.Uses uses) {}

    /**
     * Reads the files and the stored documents.
     *
     * @param sandbox address of the sandbox, if it is enabled
     * @param spool keeps the images of answers that come in several responses
     * @throws ConfigurationException if a file or document is invalid; the message names its place
     */
    CatalogWiring(Configuration configuration, Map<String, String> environment, Optional<SandboxAddress> sandbox,
            CircuitBreakerRegistry breakers, ObservationWiring observation, CatalogRepository repository,
            Spool spool, Clock clock) {
        this.configuration = configuration;
        this.environment = environment;
        this.sandbox = sandbox;
        this.breakers = breakers;
        this.observation = observation;
        this.repository = repository;
        this.spool = spool;
        this.clock = clock;
        this.stored = repository.newest();
        this.tried = clock.instant();
        Built first = build();
        this.used = first.sources();
        this.catalogs = new CurrentCatalog(first.catalog(), () -> release(first));
        show(first);
        metrics().reloaded(true, clock.instant());
    }

    private Metrics metrics() {
        return observation.metrics();
    }

    private Built build() {
        List<Path> named = Stream.of(configuration.upstreamsFile(), configuration.upstreamKindsFile(),
                configuration.modelsFile(),
                configuration.moderation().rulesFile()).filter(Objects::nonNull).toList();
        // before the files are read, so that a later change is noticed
        files.remember(watched.isEmpty() ? named : watched);
        CatalogSources sources = new CatalogSources(configuration, stored);
        ModelRegistry models = sources.models();
        UpstreamWiring upstreams = sources.upstreams(models, environment);
        watch(Stream.concat(named.stream(), upstreams.keyFiles().stream()).toList());
        SharedConnections.Uses uses = connections.new Uses();
        try {
            Map<String, UpstreamAddress> addresses = upstreams.addresses(sandbox);
            ModerationWiring moderation = new ModerationWiring(uses, configuration, sources.rules(), addresses,
                    metrics().moderation());
            UpstreamRegistry registry = upstreams.connect(uses, sandbox, breakers, metrics().upstreams(), spool,
                    clock);
            Map<String, URI> urls = new LinkedHashMap<>();
            addresses.forEach((name, address) -> urls.put(name, address.baseUrl()));
            return new Built(new EditCatalog(models, registry, moderation.editModeration()), sources, urls, uses);
        } catch (RuntimeException e) {
            uses.close();
            throw e;
        }
    }

    /** Watches other files if the upstreams name other key files. */
    private void watch(List<Path> all) {
        if (!all.equals(watched)) {
            watched = all;
            files.remember(all);
        }
    }

    private void release(Built old) {
        releases.execute(old.uses()::close);
    }

    private void show(Built built) {
        EditCatalog catalog = built.catalog();
        metrics().showUpstreams(catalog.upstreams()::breakerStates);
        metrics().showSunsets(catalog.models());
        observation.showUpstreams(built.urls());
        for (CatalogKind kind : CatalogKind.values()) {
            metrics().showCatalogVersion(kind.word(), built.sources().inUse(kind).version());
        }
    }

    void scheduleJobs(BackgroundJobs jobs) {
        jobs.schedule(PERIOD, "changed files", this::look);
        if (configuration.catalog().stored()) {
            jobs.schedule(configuration.catalog().refresh(), "stored documents", this::lookIntoDatabase);
        }
    }

    private synchronized void look() {
        if (files.haveChanged(watched)) {
            reload();
        }
    }

    private void lookIntoDatabase() {
        Map<CatalogKind, Long> newest;
        try {
            newest = repository.newestNumbers();
        } catch (DatabaseUnavailableException e) {
            LOG.debug("stored documents not readable", e);
            return;
        }
        synchronized (this) {
            boolean again = !mistake.isEmpty() && !stored.isEmpty() && clock.instant().isAfter(tried.plus(RETRY));
            if (newest.entrySet().stream().anyMatch(entry -> isNewer(entry.getKey(), entry.getValue()))) {
                reload();
            } else if (again) {
                reload(true);
            }
        }
    }

    private boolean isNewer(CatalogKind kind, long version) {
        CatalogVersion known = stored.get(kind);
        return version > (known == null ? 0 : known.version());
    }

    /** Reads files and documents again. If they are invalid, the error is logged and the present catalog stays. */
    @Override
    public void reload() {
        reload(false);
    }

    /** Reads files and documents; a repetition does not report the same mistake again. */
    private synchronized void reload(boolean repeated) {
        tried = clock.instant();
        try {
            stored = repository.newest();
        } catch (DatabaseUnavailableException e) {
            LOG.warn("stored documents not readable, those known stay in use", e);
        }
        try {
            Built next = build();
            Set<String> gone = new HashSet<>(catalogs.get().upstreams().names());
            gone.removeAll(next.catalog().upstreams().names());
            catalogs.replace(next.catalog(), () -> release(next));
            used = next.sources();
            gone.forEach(breakers::remove);
            show(next);
            mistake = "";
            metrics().reloaded(true, clock.instant());
            LOG.info("files reloaded upstreams={} models={}", next.catalog().upstreams().names(),
                    next.catalog().models().all().size());
        } catch (ConfigurationException e) {
            String cause = String.valueOf(e.getMessage());
            if (!repeated || !cause.equals(mistake)) {
                mistake = cause;
                metrics().reloaded(false, clock.instant());
                LOG.error("files not valid, previous models, upstreams and rules stay cause=\"{}\"", cause);
            }
        } catch (RuntimeException e) {
            mistake = e.getClass().getName();
            metrics().reloaded(false, clock.instant());
            LOG.error("files not reloaded, previous models, upstreams and rules stay", e);
        }
    }

    @Override
    public void check(Map<CatalogKind, CatalogVersion> versions) {
        if (!configuration.catalog().stored()) {
            throw new ConfigurationException("this gateway uses files only, because 'catalog.stored' is off");
        }
        CatalogSources next = new CatalogSources(configuration, versions);
        next.upstreams(next.models(), environment);
        next.rules();
    }

    @Override
    public void refused() {
        metrics().refusedDocument();
    }

    @Override
    public CatalogInUse inUse(CatalogKind kind) {
        return used.inUse(kind);
    }

    CurrentCatalog catalogs() {
        return catalogs;
    }

    /** Returns the number of open clients of upstreams and moderation services. */
    int openConnections() {
        return connections.count();
    }

    @Override
    public void close() {
        catalogs.close();
        releases.close();
    }
}
