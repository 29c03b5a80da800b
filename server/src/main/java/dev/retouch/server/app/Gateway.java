package dev.retouch.server.app;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.glassfish.jersey.server.ResourceConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.server.admission.FreeSpace;
import dev.retouch.server.answer.EditResponses;
import dev.retouch.server.answer.EventRelay;
import dev.retouch.server.answer.InBandErrorWriter;
import dev.retouch.server.answer.KeepAliveResponder;
import dev.retouch.server.answer.LinkResolver;
import dev.retouch.server.answer.MismatchPolicy;
import dev.retouch.server.api.AdminMapper;
import dev.retouch.server.api.AdminTokenCheck;
import dev.retouch.server.api.AdmissionFilter;
import dev.retouch.server.api.AuthenticationFilter;
import dev.retouch.server.api.BudgetsDelegate;
import dev.retouch.server.api.ContractDocument;
import dev.retouch.server.api.EditRecordFilter;
import dev.retouch.server.api.EditsDelegate;
import dev.retouch.server.api.ErrorMapper;
import dev.retouch.server.api.FiguresDelegate;
import dev.retouch.server.api.FilesDelegate;
import dev.retouch.server.api.GroupsDelegate;
import dev.retouch.server.api.HealthDelegate;
import dev.retouch.server.api.ImagesDelegate;
import dev.retouch.server.api.JsonWriter;
import dev.retouch.server.api.KeysDelegate;
import dev.retouch.server.api.LedgerDelegate;
import dev.retouch.server.api.LogLevelsDelegate;
import dev.retouch.server.api.ModelsDelegate;
import dev.retouch.server.api.QuotesDelegate;
import dev.retouch.server.api.RulesDelegate;
import dev.retouch.server.api.TasksDelegate;
import dev.retouch.server.api.ThrowableExceptionMapper;
import dev.retouch.server.api.UpstreamsDelegate;
import dev.retouch.server.api.UsageDelegate;
import dev.retouch.server.billing.CorrectionService;
import dev.retouch.server.billing.FundingService;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.billing.TransferRepository;
import dev.retouch.server.billing.VerificationService;
import dev.retouch.server.bytes.BufferBudget;
import dev.retouch.server.catalog.CatalogService;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.StreamingSettings;
import dev.retouch.server.contract.BudgetsApi;
import dev.retouch.server.contract.EditsApi;
import dev.retouch.server.contract.FiguresApi;
import dev.retouch.server.contract.FilesApi;
import dev.retouch.server.contract.GroupsApi;
import dev.retouch.server.contract.HealthApi;
import dev.retouch.server.contract.ImagesApi;
import dev.retouch.server.contract.KeysApi;
import dev.retouch.server.contract.LedgerApi;
import dev.retouch.server.contract.LogsApi;
import dev.retouch.server.contract.ModelsApi;
import dev.retouch.server.contract.QuotesApi;
import dev.retouch.server.contract.RulesApi;
import dev.retouch.server.contract.TasksApi;
import dev.retouch.server.contract.UpstreamsApi;
import dev.retouch.server.contract.UsageApi;
import dev.retouch.server.edit.CurrentCatalog;
import dev.retouch.server.edit.EditAdmission;
import dev.retouch.server.edit.EditBilling;
import dev.retouch.server.edit.EditPipeline;
import dev.retouch.server.edit.EditRoutes;
import dev.retouch.server.edit.EditRules;
import dev.retouch.server.edit.ImageLoader;
import dev.retouch.server.edit.ImageValidator;
import dev.retouch.server.edit.RemoteImageLoader;
import dev.retouch.server.edit.RequestNormaliser;
import dev.retouch.server.edit.ReturnedLinkFetcher;
import dev.retouch.server.edit.StrictMasks;
import dev.retouch.server.edit.TestOutcomes;
import dev.retouch.server.edit.UnknownParameterPolicy;
import dev.retouch.server.edit.UpstreamTests;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.error.ErrorEnvelopes;
import dev.retouch.server.fetch.ImageFetcher;
import dev.retouch.server.hosting.HostedImageStore;
import dev.retouch.server.http.HandlerDecorator;
import dev.retouch.server.http.HttpServer;
import dev.retouch.server.http.JerseyHandler;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.EditRequestReader;
import dev.retouch.server.intake.FormEditRequestReader;
import dev.retouch.server.intake.JsonEditRequestReader;
import dev.retouch.server.intake.KnownFields;
import dev.retouch.server.intake.RequestBodyInterceptor;
import dev.retouch.server.key.Group;
import dev.retouch.server.key.SandboxKey;
import dev.retouch.server.log.LogLevels;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.normalise.ImageNormaliser;
import dev.retouch.server.price.Pricing;
import dev.retouch.server.retention.ContentRecorder;
import dev.retouch.server.retention.RetainedReader;
import dev.retouch.server.task.TaskRecordRepository;
import dev.retouch.server.upstream.UpstreamRegistry;

/**
 * Runs a gateway: creates every component with plain constructors, starts them in order, and stops them in reverse order. Requests are
 * served when {@link #start} returns.
 */
public final class Gateway implements AutoCloseable {

    /** Requests that the sandbox keeps in its journal, for tests. */
    private static final int JOURNAL_ENTRIES = 20;

    /** A third of the heap for the one image that is changed at a time. */
    private static final int NORMALISER_HEAP_SHARE = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final Lifecycle lifecycle = new Lifecycle();
    private final BufferBudget imageMemory;
    private final HttpServer server;
    private final Optional<SandboxKey> sandboxKey;
    private final Optional<MockUpstream> sandbox;
    private final CatalogWiring catalog;

    private Gateway(Configuration configuration, Map<String, String> environment, Clock clock,
            HandlerDecorator decorator)
            throws IOException {
        imageMemory = new BufferBudget(configuration.http().maxImageMemory().bytes());
        try {
            Path dataDir = configuration.dataDir();
            boolean ownDatabase = configuration.databaseUrl().value().isEmpty();
            DataDirectory.prepare(dataDir, ownDatabase);
            if (ownDatabase) {
                lifecycle.add(DataDirectoryLock.of(dataDir));
            }
            JsonNode document = ContractDocument.read();
            ContractDocument contract = new ContractDocument(document);
            ErrorCatalogue catalogue = new ErrorCatalogue(ContractDocument.schemas(document));
            ErrorEnvelopes envelopes = new ErrorEnvelopes(catalogue);
            ErrorMapper errors = new ErrorMapper(catalogue, envelopes);
            CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
            ObservationWiring observation = new ObservationWiring(lifecycle, configuration, environment, breakers,
                    errors::ruleOf, clock);
            sandbox = configuration.sandbox().enabled()
                    ? Optional.of(
                            lifecycle.add(MockUpstream.start(MockOptions.defaults().withKey(UpstreamWiring.sandboxKey())
                                    .withPrivateControl().withJournalEntries(JOURNAL_ENTRIES)
                                    .withFolder(configuration.temporaryFolder()))))
                    : Optional.empty();
            sandboxKey = sandbox.isPresent()
                    ? Optional.of(SandboxKey.of(dataDir, Group.sandbox(configuration.sandbox().returnBothForms(),
                            configuration.sandbox().maxConcurrentEdits())))
                    : Optional.empty();
            Spool spool = new Spool(configuration.temporaryFolder(), configuration.http().memoryPerImage().asInt(),
                    imageMemory);
            Storage storage = lifecycle.add(Storage.open(configuration, this::models, this::upstreams, clock));
            catalog = lifecycle.add(new CatalogWiring(configuration, environment,
                    sandbox.map(mock -> SandboxAddress.of(mock, configuration.sandbox().kind())),
                    breakers, observation, storage.catalog(), spool, clock));
            CurrentCatalog catalogs = catalog.catalogs();
            CatalogService documents = new CatalogService(storage.catalog(), catalog, clock);
            InstanceWiring instance = new InstanceWiring(lifecycle, storage.database(),
                    configuration.billing().deadAfter(), clock);
            KeyWiring keys = new KeyWiring(lifecycle, configuration, storage.keys(), sandboxKey, clock);
            BillingWiring billing = new BillingWiring(lifecycle, configuration, storage.database(),
                    instance.instance(), errors::sent);
            AdmissionWiring admission = new AdmissionWiring(lifecycle, configuration, storage.database(),
                    instance.instance(), clock);
            ObjectStoreWiring objects = new ObjectStoreWiring(lifecycle, configuration, observation,
                    storage.database(), clock);
            HostedImageStore hostedImages = objects.hostedImages();
            observation.show(storage.database(), admission.serverCapacity(), instance, billing);
            EditRules rules = new EditRules(configuration.defaultModel(), contract.parameterDefaults(),
                    configuration.edits().unknownParameters());
            RetentionWiring retention = new RetentionWiring(lifecycle, storage, observation, clock);
            EditPipeline pipeline = pipeline(configuration, rules, catalogs, admission.editAdmission(),
                    billing.editBilling(), spool, hostedImages,
                    new InBandErrorWriter(envelopes), retention.recorder(), clock);

            ResourceConfig resources = HttpWiring.resources();
            resources.register(new EditRecordFilter(observation.edits()));
            AdminTokenCheck adminToken = new AdminTokenCheck(configuration.adminToken());
            resources.register(new AuthenticationFilter(contract, keys.authenticator(), adminToken,
                    configuration.metricsToken()));
            resources.register(new AdmissionFilter(contract, admission.serverCapacity(),
                    configuration.http().maxBodySize().bytes(),
                    new FreeSpace(dataDir, configuration.http().minFreeSpace().bytes())));
            resources.register(new RequestBodyInterceptor(spool, configuration.http(),
                    new KnownFields(textFields(contract),
                            configuration.edits().unknownParameters() == UnknownParameterPolicy.FORWARD),
                    System::nanoTime));
            resources.register(new JsonWriter());
            resources.register(new ThrowableExceptionMapper(errors));
            EditRequestReader requestReader = new EditRequestReader(new FormEditRequestReader(textFields(contract)),
                    new JsonEditRequestReader(configuration.http().maxParts()));
            BackgroundJobs jobs = lifecycle.add(new BackgroundJobs());
            // stops before the background jobs, so that heartbeats continue until its edits have ended
            DurableEditWiring durableEdits = new DurableEditWiring(lifecycle,
                    new DurableEditWiring.Dependencies(configuration, clock, storage, instance.instance(),
                            billing.ledger(), objects, spool, sandboxKey, errors::render, observation.edits()),
                    pipeline);
            TasksDelegate tasks = new TasksDelegate(durableEdits.tasks(),
                    new TaskRecordRepository(storage.database()), hostedImages.links()::renewed);
            resources.register(new TasksApi(tasks));
            resources.register(
                    new ImagesApi(new ImagesDelegate(requestReader, pipeline, durableEdits.idempotent(), tasks,
                            Optional.ofNullable(configuration.publicUrl()))));
            resources.register(new QuotesApi(new QuotesDelegate(requestReader, pipeline)));
            resources.register(new ModelsApi(new ModelsDelegate(catalogs::get, documents)));
            resources.register(new RulesApi(new RulesDelegate(documents)));
            resources.register(new FilesApi(new FilesDelegate(hostedImages)));
            resources.register(new HealthApi(new HealthDelegate(
                    Map.of("accepting", this::isAccepting, "database", instance::databaseAvailable),
                    objects.details(),
                    () -> catalogs.get().upstreams().breakerStates(), billing::details, observation.metrics()::text,
                    observation.metrics()::openMetrics)));
            resources.register(new LogsApi(new LogLevelsDelegate(new LogLevels())));
            administration(resources, storage, billing.ledger(), retention.reader(),
                    configuration.billing().currency(), clock);
            resources.register(
                    new UpstreamsApi(new UpstreamsDelegate(catalogs::get,
                            new UpstreamTests(catalogs, rules, new Pricing(), spool,
                                    configuration.edits().maxReturnedImage().bytes() * 2),
                            documents)));
            resources.register(new FiguresApi(new FiguresDelegate(observation::recentEdits, billing.hours()::hours,
                    () -> catalogs.get().upstreams().states(), this::isAccepting, clock)));

            objects.scheduleJobs(jobs);
            instance.scheduleJobs(jobs);
            keys.scheduleJobs(jobs);
            billing.scheduleJobs(jobs);
            retention.scheduleJobs(jobs);
            durableEdits.scheduleJobs(jobs);
            observation.scheduleJobs(jobs, storage.database(), durableEdits);
            catalog.scheduleJobs(jobs);
            server = lifecycle
                    .add(HttpWiring.server(configuration, new JerseyHandler(resources,
                            configuration.http().minResponseRate().bytes(), configuration.http().minRateAfter()),
                            HttpWiring.pages(configuration, usableSandboxKey(configuration), adminToken,
                                    clock),
                            errors, decorator));
            observation.show(server);
            server.start();
        } catch (IOException | RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    private EditPipeline pipeline(Configuration configuration, EditRules rules, CurrentCatalog catalogs,
            EditAdmission admission, EditBilling billing, Spool spool, HostedImageStore hostedImages,
            InBandErrorWriter errors, ContentRecorder contents, Clock clock) {
        long maxReturnedImage = configuration.edits().maxReturnedImage().bytes();
        ImageFetcher fetcher = lifecycle
                .add(new ImageFetcher(configuration.fetch(), spool, configuration.http().maxPercentPerKey()));
        StreamingSettings streaming = configuration.streaming();
        StrictMasks masks = lifecycle.add(new StrictMasks(spool, configuration.edits().strictMaskPixels(),
                configuration.edits().strictMaskEdge()));
        return new EditPipeline(rules,
                new ImageLoader(new RemoteImageLoader(fetcher, configuration.edits().imageUrls()),
                        lifecycle.add(new RequestNormaliser(
                                new ImageNormaliser(spool, Runtime.getRuntime().maxMemory() / NORMALISER_HEAP_SHARE),
                                configuration.edits().normalisation())),
                        lifecycle.add(new ImageValidator())),
                admission, billing, catalogs,
                new EditRoutes(rules, masks,
                        new UpstreamRegistry.Demand(configuration.edits().unsupported(),
                                configuration.edits().mismatch() == MismatchPolicy.REFUSE,
                                UpstreamRegistry.MaskUse.ANY)),
                new EditResponses(spool, configuration.edits().mismatch(),
                        returnedLinks(fetcher, maxReturnedImage, configuration, spool),
                        new EventRelay(errors, streaming.keepAlive(), clock), clock),
                new KeepAliveResponder(streaming.keepAlive(), streaming.jsonKeepAlive(), errors), hostedImages,
                configuration.edits().clientDisconnect(), maxReturnedImage,
                sandbox.<TestOutcomes>map(mock -> new SandboxOutcomes(UpstreamWiring.SANDBOX, mock.scenarios()))
                        .orElse(TestOutcomes.NO_SANDBOX),
                contents);
    }

    private LinkResolver.Fetcher returnedLinks(ImageFetcher fetcher, long maxReturnedImage,
            Configuration configuration, Spool spool) {
        ReturnedLinkFetcher usual = new ReturnedLinkFetcher(fetcher, maxReturnedImage);
        return sandbox.<LinkResolver.Fetcher>map(mock -> new SandboxLinkFetcher(mock.origin(),
                new ReturnedLinkFetcher(
                        lifecycle.add(new ImageFetcher(
                                SandboxLinkFetcher.settings(mock.origin(), configuration.fetch()), spool,
                                configuration.http().maxPercentPerKey())),
                        maxReturnedImage),
                usual)).orElse(usual);
    }

    private void administration(ResourceConfig resources, Storage storage, Ledger ledger, RetainedReader retained,
            String currency, Clock clock) {
        resources.register(new GroupsApi(new GroupsDelegate(storage.administration(), ledger, currency)));
        resources.register(new KeysApi(new KeysDelegate(storage.administration(), ledger, currency)));
        resources.register(new BudgetsApi(new BudgetsDelegate(storage.administration(),
                new FundingService(storage.database(), clock), new AdminMapper(ledger, currency))));
        resources.register(new UsageApi(new UsageDelegate(storage.usage(), currency, clock)));
        resources.register(new EditsApi(new EditsDelegate(storage.edits(),
                new CorrectionService(storage.database(), ledger, clock), retained)));
        resources.register(new LedgerApi(new LedgerDelegate(new TransferRepository(storage.database()),
                lifecycle.add(new VerificationService(storage.check(), clock)))));
    }

    /** Starts a gateway that reads upstream keys from the environment of this process. */
    public static Gateway start(Configuration configuration, Clock clock) throws IOException {
        return start(configuration, System.getenv(), clock);
    }

    /**
     * Starts a gateway.
     *
     * @param environment variables that hold the keys of upstreams
     */
    public static Gateway start(Configuration configuration, Map<String, String> environment, Clock clock)
            throws IOException {
        return start(configuration, environment, clock, HandlerDecorator.NONE);
    }

    /**
     * Starts a gateway in a program that adds handlers.
     *
     * @param decorator wraps the handler chain of the HTTP server
     */
    public static Gateway start(Configuration configuration, Map<String, String> environment, Clock clock,
            HandlerDecorator decorator) throws IOException {
        return new Gateway(configuration, environment, clock, decorator);
    }

    /** Returns the base URL, with the real port. */
    public URI address() {
        return server.address();
    }

    /** Returns the sandbox key, or empty if the sandbox is disabled. */
    public Optional<SandboxKey> sandboxKey() {
        return sandboxKey;
    }

    /** Returns the sandbox key if requests with it are accepted. */
    private Optional<SandboxKey> usableSandboxKey(Configuration configuration) throws IOException {
        return KeyWiring.isPrivate(configuration) ? sandboxKey : Optional.empty();
    }

    /** Returns the embedded mock upstream, or empty if it is disabled. */
    public Optional<MockUpstream> sandbox() {
        return sandbox;
    }

    /**
     * Reads the files of models, upstreams and moderation rules again. Edits in flight keep what they began with. If a file is invalid, the
     * error is logged and nothing changes.
     */
    public void reload() {
        catalog.reload();
    }

    /** The number of open clients of upstreams and moderation services. After reloads it is that of the present files. */
    public int openConnections() {
        return catalog.openConnections();
    }

    /** The bytes of memory that images in flight take; zero after the last edit has ended. */
    public long imageMemoryInUse() {
        return imageMemory.inUse();
    }

    /** Waits until the HTTP server has stopped. */
    public void join() throws InterruptedException {
        server.join();
    }

    /**
     * Stops the components in reverse order of their start. May be called twice, by the main thread and by the shutdown hook: the second
     * call waits for the first, so that the process ends after everything is released.
     */
    @Override
    public synchronized void close() {
        lifecycle.close();
        if (imageMemory.inUse() > 0) {
            LOG.warn("image memory not released bytes={}", imageMemory.inUse());
        }
    }

    private ModelRegistry models() {
        return catalog.catalogs().get().models();
    }

    private Set<String> upstreams() {
        return catalog.catalogs().get().upstreams().names();
    }

    private boolean isAccepting() {
        return server.isAccepting();
    }

    /** Returns the text fields of the form in the contract. */
    private static Set<String> textFields(ContractDocument contract) {
        Set<String> fields = new HashSet<>(contract.formFields());
        fields.removeAll(Set.of("image", "image[]", "mask", "markup"));
        return fields;
    }
}
