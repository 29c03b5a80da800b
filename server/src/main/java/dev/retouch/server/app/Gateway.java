package dev.retouch.server.app;

import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

import com.fasterxml.jackson.core.JsonFactory;
import org.glassfish.jersey.CommonProperties;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.ServerProperties;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.mock.MockOptions;
import dev.retouch.mock.MockUpstream;
import dev.retouch.server.api.Doorkeeper;
import dev.retouch.server.api.Envelopes;
import dev.retouch.server.api.FailureMapper;
import dev.retouch.server.api.FilesDelegate;
import dev.retouch.server.api.HealthDelegate;
import dev.retouch.server.api.ImagesDelegate;
import dev.retouch.server.api.JsonWriter;
import dev.retouch.server.api.ModelsDelegate;
import dev.retouch.server.config.Configuration;
import dev.retouch.server.config.ConfigurationException;
import dev.retouch.server.config.NearestName;
import dev.retouch.server.contract.FilesApi;
import dev.retouch.server.contract.HealthApi;
import dev.retouch.server.contract.ImagesApi;
import dev.retouch.server.contract.ModelsApi;
import dev.retouch.server.document.ContractDocument;
import dev.retouch.server.edit.EditAnswers;
import dev.retouch.server.edit.EditPipeline;
import dev.retouch.server.edit.EditRules;
import dev.retouch.server.edit.EventRelay;
import dev.retouch.server.edit.FormIntake;
import dev.retouch.server.edit.JsonIntake;
import dev.retouch.server.edit.LinkedImages;
import dev.retouch.server.edit.NamedImages;
import dev.retouch.server.edit.Preflight;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.fetch.ImageFetcher;
import dev.retouch.server.front.FrontDoor;
import dev.retouch.server.front.JerseyHandler;
import dev.retouch.server.front.Pages;
import dev.retouch.server.hosting.HostedFiles;
import dev.retouch.server.hosting.LinkSigner;
import dev.retouch.server.image.Spool;
import dev.retouch.server.intake.BodyReader;
import dev.retouch.server.key.Keyring;
import dev.retouch.server.key.SandboxKey;
import dev.retouch.server.model.ModelRegistry;
import dev.retouch.server.upstream.HttpUpstream;
import dev.retouch.server.upstream.Upstream;

/** A whole running gateway. Everything it is made of is made here. */
public final class Gateway implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

    private final Deque<AutoCloseable> parts = new ArrayDeque<>();
    private final FrontDoor door;
    private final Optional<SandboxKey> sandboxKey;
    private final Optional<MockUpstream> sandbox;

    private Gateway(Configuration configuration, Clock clock) throws IOException {
        try {
            Path dataDir = configuration.dataDir();
            Files.createDirectories(dataDir);
            ContractDocument contract = new ContractDocument();
            ModelRegistry registry = models(configuration);
            sandbox = configuration.sandbox().enabled()
                    ? Optional.of(part(MockUpstream.start(MockOptions.defaults().withJournalEntries(20)
                            .withFolder(Files.createDirectories(dataDir.resolve("tmp"))))))
                    : Optional.empty();
            sandboxKey = sandbox.isPresent()
                    ? Optional.of(SandboxKey.of(dataDir, configuration.sandbox().answerBoth()))
                    : Optional.empty();
            Upstream upstream = part(new HttpUpstream(sandbox.orElseThrow(() -> new ConfigurationException(
                    "'sandbox.enabled' is off and no other upstream is configured")).baseUrl(), "sandbox",
                    configuration.upstream().connection()));

            HostedFiles files = new HostedFiles(dataDir, new LinkSigner(dataDir, clock,
                    configuration.hosting().linkLifetime()), clock, configuration.hosting().linkLifetime());
            part(every(60, files::removeExpired));
            Spool spool = new Spool(dataDir.resolve("tmp"), configuration.limits().memoryPerImage().asInt());
            JsonFactory json = new JsonFactory();
            EditPipeline pipeline = new EditPipeline(
                    new EditRules(registry, configuration.defaultModel(), contract.parameterDefaults(),
                            configuration.edits().unknownParameters()),
                    new NamedImages(part(new ImageFetcher(configuration.fetch(), spool)),
                            configuration.edits().imageUrls()),
                    new Preflight(),
                    upstream, new EditAnswers(json, new LinkedImages(json, files), new EventRelay(),
                            spool, configuration.edits().differences()));

            Envelopes envelopes = new Envelopes(new ErrorCatalogue(contract.schemas()));
            ResourceConfig resources = resources();
            resources.register(new Doorkeeper(contract, new Keyring(sandboxKey, listensOnLoopback(configuration))));
            resources.register(new BodyReader(spool, configuration.limits()));
            resources.register(new JsonWriter());
            resources.register(new FailureMapper(envelopes));
            resources.register(new ImagesApi(new ImagesDelegate(new FormIntake(textFields(contract)), new JsonIntake(),
                    pipeline, Optional.ofNullable(configuration.publicUrl()))));
            resources.register(new ModelsApi(new ModelsDelegate(registry)));
            resources.register(new FilesApi(new FilesDelegate(files)));
            resources.register(new HealthApi(new HealthDelegate(Map.of("accepting", this::isOpen))));

            door = part(new FrontDoor(configuration.host(), configuration.port(), configuration.limits().idle(),
                    configuration.limits().keepAlive(), new JerseyHandler(resources), new Pages(contract, sandboxKey),
                    envelopes));
            door.open();
        } catch (IOException | RuntimeException e) {
            close();
            throw e;
        }
    }

    /** Starts a gateway; when this returns it takes requests. */
    public static Gateway start(Configuration configuration, Clock clock) throws IOException {
        return new Gateway(configuration, clock);
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
        while (!parts.isEmpty()) {
            try {
                parts.pop().close();
            } catch (Exception e) {
                LOG.warn("a part did not stop cleanly", e);
            }
        }
    }

    private boolean isOpen() {
        return door.isOpen();
    }

    private <T extends AutoCloseable> T part(T part) {
        parts.push(part);
        return part;
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
        return resources;
    }

    /** Every field of the contract's form that is text. */
    private static Set<String> textFields(ContractDocument contract) {
        Set<String> fields = new HashSet<>(contract.formFields());
        fields.removeAll(Set.of("image", "image[]", "mask"));
        return fields;
    }

    private static boolean listensOnLoopback(Configuration configuration) throws IOException {
        return InetAddress.getByName(configuration.host()).isLoopbackAddress();
    }

    private static AutoCloseable every(int seconds, Runnable task) {
        ScheduledExecutorService timer = Executors
                .newSingleThreadScheduledExecutor(Thread.ofPlatform().daemon().name("housekeeping").factory());
        ScheduledFuture<?> repeated = timer.scheduleWithFixedDelay(task, seconds, seconds, TimeUnit.SECONDS);
        return () -> {
            repeated.cancel(false);
            timer.shutdownNow();
        };
    }
}
