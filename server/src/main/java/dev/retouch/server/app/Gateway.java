package dev.retouch.server.app;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.JsonFactory;
import io.github.resilience4j.circuitbreaker.CircuitBreakerRegistry;
import org.glassfish.jersey.CommonProperties;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;

import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.server.api.BudgetsDelegate;
import dev.retouch.server.api.Doorkeeper;
import dev.retouch.server.api.EditBodies;
import dev.retouch.server.api.Envelopes;
import dev.retouch.server.api.FailureMapper;
import dev.retouch.server.api.FilesDelegate;
import dev.retouch.server.api.GroupsDelegate;
import dev.retouch.server.api.HealthDelegate;
import dev.retouch.server.api.ImagesDelegate;
import dev.retouch.server.api.JsonWriter;
import dev.retouch.server.api.KeysDelegate;
import dev.retouch.server.api.ModelsDelegate;
import dev.retouch.server.api.QuotesDelegate;
import dev.retouch.server.api.TasksDelegate;
import dev.retouch.server.api.UsageDelegate;
import dev.retouch.server.billing.Ledger;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationException;
import dev.retouch.server.config.NearestName;
import dev.retouch.server.contract.BudgetsApi;
import dev.retouch.server.contract.FilesApi;
import dev.retouch.server.contract.GroupsApi;
import dev.retouch.server.contract.HealthApi;
import dev.retouch.server.contract.ImagesApi;
import dev.retouch.server.contract.KeysApi;
import dev.retouch.server.contract.ModelsApi;
import dev.retouch.server.contract.QuotesApi;
import dev.retouch.server.contract.TasksApi;
import dev.retouch.server.contract.UsageApi;
import dev.retouch.server.document.ContractDocument;
import dev.retouch.server.edit.EditAnswers;
import dev.retouch.server.edit.EditPipeline;
import dev.retouch.server.edit.EditRules;
import dev.retouch.server.edit.ErrorEvents;
import dev.retouch.server.edit.EventRelay;
import dev.retouch.server.edit.FormIntake;
import dev.retouch.server.edit.InputImages;
import dev.retouch.server.edit.JsonIntake;
import dev.retouch.server.edit.LateAnswers;
import dev.retouch.server.edit.LinkedImages;
import dev.retouch.server.edit.Moderation;
import dev.retouch.server.edit.NamedImages;
import dev.retouch.server.edit.Preflight;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.error.ErrorDocuments;
import dev.retouch.server.fetch.ImageFetcher;
import dev.retouch.server.front.CrossOrigin;
import dev.retouch.server.front.Enclosure;
import dev.retouch.server.front.Farewell;
import dev.retouch.server.front.FrontDoor;
import dev.retouch.server.front.JerseyHandler;
import dev.retouch.server.front.Listening;
import dev.retouch.server.front.Pages;
import dev.retouch.server.front.TlsFiles;
import dev.retouch.server.front.UnusableCertificateException;
import dev.retouch.server.hosting.HostedFiles;
import dev.retouch.server.hosting.LinkSigner;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.BodyReader;
import dev.retouch.server.key.SandboxKey;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.observe.Metrics;
import dev.retouch.server.upstream.Upstreams;

/** A whole running gateway. Everything it is made of is made here. */
public final class Gateway implements AutoCloseable {

    /** How many calls the sandbox remembers, for tests that ask it. */
    private static final int JOURNAL = 20;

    private final Parts parts = new Parts();
    private final FrontDoor door;
    private final Optional<SandboxKey> sandboxKey;
    private final Optional<MockUpstream> sandbox;

    private Gateway(Configuration configuration, Map<String, String> environment, Clock clock, Enclosure enclosure)
            throws IOException {
        try {
            Path dataDir = configuration.dataDir();
            ContractDocument contract = new ContractDocument();
            ModelRegistry registry = models(configuration);
            Providers providers = Providers.of(configuration, registry, environment);
            Storage storage = parts.add(Storage.open(configuration, registry, clock));
            sandbox = configuration.sandbox().enabled()
                    ? Optional.of(parts.add(MockUpstream.start(MockOptions.defaults().withJournalEntries(JOURNAL)
                            .withFolder(Files.createDirectories(dataDir.resolve("tmp"))))))
                    : Optional.empty();
            sandboxKey = sandbox.isPresent()
                    ? Optional.of(SandboxKey.of(dataDir, configuration.sandbox().answerBoth()))
                    : Optional.empty();
            Gate gate = new Gate(parts, configuration, storage, clock);
            Spool spool = new Spool(dataDir.resolve("tmp"), configuration.limits().memoryPerImage().asInt());
            HostedFiles files = new HostedFiles(dataDir, new LinkSigner(dataDir, clock,
                    configuration.hosting().linkLifetime()), clock, configuration.hosting().linkLifetime());
            ErrorCatalogue catalogue = new ErrorCatalogue(contract.schemas());
            ErrorDocuments documents = new ErrorDocuments(catalogue);
            Optional<URI> sandboxUrl = sandbox.map(MockUpstream::baseUrl);
            CircuitBreakerRegistry breakers = CircuitBreakerRegistry.ofDefaults();
            Metrics metrics = parts.add(new Metrics(breakers));
            Upstreams upstreams = providers.connect(parts, sandboxUrl, breakers, metrics, clock);
            EditPipeline pipeline = pipeline(configuration, contract, registry, gate,
                    gate.moderation(providers.places(sandboxUrl)), upstreams, spool, files,
                    new ErrorEvents(documents));

            Envelopes envelopes = new Envelopes(catalogue, documents);
            ResourceConfig resources = resources();
            resources.register(new Doorkeeper(contract, gate.authentication(sandboxKey), configuration.adminToken(),
                    gate.serverRoom(), configuration.limits().body().bytes()));
            resources.register(new BodyReader(spool, configuration.limits(), System::nanoTime));
            resources.register(new JsonWriter());
            resources.register(new FailureMapper(envelopes));
            EditBodies bodies = new EditBodies(new FormIntake(textFields(contract)), new JsonIntake());
            Housekeeping house = parts.add(new Housekeeping());
            // stops before the house does, so that nobody takes this instance for dead while it ends its edits
            LastingEdits lasting = new LastingEdits(parts, new LastingEdits.Surroundings(configuration, clock, storage,
                    gate, files, sandboxKey, envelopes::told), pipeline);
            TasksDelegate tasks = new TasksDelegate(lasting.tasks());
            resources.register(new TasksApi(tasks));
            resources.register(new ImagesApi(new ImagesDelegate(bodies, pipeline, lasting.idempotent(), tasks,
                    Optional.ofNullable(configuration.publicUrl()))));
            resources.register(new QuotesApi(new QuotesDelegate(bodies, pipeline)));
            resources.register(new ModelsApi(new ModelsDelegate(registry)));
            resources.register(new FilesApi(new FilesDelegate(files)));
            resources.register(new HealthApi(new HealthDelegate(
                    Map.of("accepting", this::isOpen, "database", gate::databaseAnswers), upstreams::states,
                    metrics::text)));
            administration(resources, storage, gate.ledger(), configuration.billing().currency(), clock);

            house.every(Duration.ofMinutes(1), "expired files", files::removeExpired);
            gate.keepHouse(house);
            lasting.keepHouse(house);
            door = parts.add(door(configuration, new JerseyHandler(resources), new Pages(contract, sandboxKey),
                    envelopes, enclosure));
            door.open();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    private EditPipeline pipeline(Configuration configuration, ContractDocument contract, ModelRegistry registry,
            Gate gate, Moderation moderation, Upstreams upstreams, Spool spool, HostedFiles files,
            ErrorEvents errors) {
        JsonFactory json = new JsonFactory();
        Configuration.Streaming streaming = configuration.streaming();
        return new EditPipeline(
                new EditRules(registry, configuration.defaultModel(), contract.parameterDefaults(),
                        configuration.edits().unknownParameters()),
                new InputImages(new NamedImages(parts.add(new ImageFetcher(configuration.fetch(), spool)),
                        configuration.edits().imageUrls()), new Preflight()),
                gate.room(), moderation, gate.till(), upstreams,
                new EditAnswers(json, new LinkedImages(json, files), new EventRelay(json, spool, errors,
                        streaming.keepAlive()), spool, configuration.edits().differences()),
                new LateAnswers(streaming.keepAlive(), streaming.jsonKeepAlive(), errors),
                configuration.edits().clientGone());
    }

    private static void administration(ResourceConfig resources, Storage storage, Ledger ledger, String currency,
            Clock clock) {
        resources.register(new GroupsApi(new GroupsDelegate(storage.administration(), ledger, currency)));
        resources.register(new KeysApi(new KeysDelegate(storage.administration(), ledger, currency)));
        resources.register(new BudgetsApi(new BudgetsDelegate(storage.administration(), ledger, currency)));
        resources.register(new UsageApi(new UsageDelegate(storage.usage(), currency, clock)));
    }

    private static FrontDoor door(Configuration configuration, JerseyHandler api, Pages pages, Envelopes envelopes,
            Enclosure enclosure) {
        Configuration.Limits limits = configuration.limits();
        Path certificate = configuration.tls().certificate();
        Path key = configuration.tls().key();
        Optional<TlsFiles> tls = certificate == null || key == null
                ? Optional.empty()
                : Optional.of(new TlsFiles(certificate, key));
        try {
            return new FrontDoor(
                    new Listening(configuration.host(), configuration.port(), limits.idle(), limits.keepAlive(),
                            limits.headers().asInt(), tls),
                    new CrossOrigin(configuration.cors().allowed(), configuration.cors().maxAge()),
                    new Farewell(configuration.shutdown().delay(), configuration.shutdown().grace()), api, pages,
                    envelopes, enclosure);
        } catch (UnusableCertificateException e) {
            throw new ConfigurationException("'tls.certificate': " + e.getMessage());
        }
    }

    /** Starts a gateway; when this returns it takes requests. */
    public static Gateway start(Configuration configuration, Clock clock) throws IOException {
        return start(configuration, System.getenv(), clock);
    }

    /** Starts a gateway whose keys of upstreams are in this environment. */
    public static Gateway start(Configuration configuration, Map<String, String> environment, Clock clock)
            throws IOException {
        return start(configuration, environment, clock, Enclosure.NONE);
    }

    /** Starts one for a program that has it inside, and wants something around all that it answers. */
    public static Gateway start(Configuration configuration, Map<String, String> environment, Clock clock,
            Enclosure enclosure) throws IOException {
        return new Gateway(configuration, environment, clock, enclosure);
    }

    /** The models of a configuration; a mistake among them is told like one in the settings. */
    static ModelRegistry models(Configuration configuration) {
        Path own = configuration.modelsFile();
        ModelRegistry registry = own == null ? ModelRegistry.shipped() : ModelRegistry.shippedAnd(own);
        String defaultModel = configuration.defaultModel();
        if (registry.find(defaultModel).isEmpty()) {
            throw new ConfigurationException("'default-model': there is no model '" + defaultModel + "'. "
                    + NearestName.suggestion(defaultModel, registry.all().keySet()));
        }
        String currency = configuration.billing().currency();
        registry.all().forEach((id, entry) -> {
            if (!entry.prices().currency().equals(currency)) {
                throw new ConfigurationException("'billing.currency' is " + currency + ", and the model '" + id
                        + "' has prices in " + entry.prices().currency());
            }
        });
        return registry;
    }

    /** Where it listens. */
    public URI address() {
        return door.address();
    }

    /** The sandbox key, if the sandbox serves. */
    public Optional<SandboxKey> sandboxKey() {
        return sandboxKey;
    }

    /** The built-in upstream, if it serves. */
    public Optional<MockUpstream> sandbox() {
        return sandbox;
    }

    /** Waits until it has stopped. */
    public void join() throws InterruptedException {
        door.join();
    }

    /**
     * Stops what was started, the last first. Called by the thread that serves and by the one that ends the process: whoever
     * comes second waits, so that the process does not end before everything is given back.
     */
    @Override
    public synchronized void close() {
        parts.close();
    }

    private boolean isOpen() {
        return door.isOpen();
    }

    private static ResourceConfig resources() {
        ResourceConfig resources = new ResourceConfig();
        resources.property(ServerProperties.WADL_FEATURE_DISABLE, true);
        resources.property(ServerProperties.BV_FEATURE_DISABLE, true);
        resources.property(ServerProperties.RESOURCE_VALIDATION_DISABLE, true);
        resources.property(CommonProperties.FEATURE_AUTO_DISCOVERY_DISABLE, true);
        resources.property(CommonProperties.METAINF_SERVICES_LOOKUP_DISABLE, true);
        // answers that know their length say so themselves; everything else goes out as it is written
        resources.property(CommonProperties.OUTBOUND_CONTENT_LENGTH_BUFFER, 0);
        resources.property(ServerProperties.LOCATION_HEADER_RELATIVE_URI_RESOLUTION_DISABLED, true);
        return resources;
    }

    /** Every field of the contract's form that is text. */
    private static Set<String> textFields(ContractDocument contract) {
        Set<String> fields = new HashSet<>(contract.formFields());
        fields.removeAll(Set.of("image", "image[]", "mask"));
        return fields;
    }
}
