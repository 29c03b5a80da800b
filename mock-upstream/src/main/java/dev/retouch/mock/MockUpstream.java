package dev.retouch.mock;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.Map;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

import dev.retouch.mock.edit.EditEndpoint;
import dev.retouch.mock.edit.ImageEditor;
import dev.retouch.mock.edit.RenderPool;
import dev.retouch.mock.intake.BodyReader;
import dev.retouch.mock.intake.TempDirectory;
import dev.retouch.mock.journal.Journal;
import dev.retouch.mock.kind.WireFormats;
import dev.retouch.mock.model.Models;
import dev.retouch.mock.moderation.ModerationEndpoint;
import dev.retouch.mock.scenario.ScenarioQueue;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.ErrorPages;
import dev.retouch.mock.wire.HostedFiles;
import dev.retouch.mock.wire.JournalEndpoint;
import dev.retouch.mock.wire.Keys;
import dev.retouch.mock.wire.ModelsEndpoint;
import dev.retouch.mock.wire.RequestDispatcher;
import dev.retouch.mock.wire.Routes;
import dev.retouch.mock.wire.ScenarioEndpoint;

/** A running mock upstream, with its address, its journal and its scenarios. */
public final class MockUpstream implements AutoCloseable {

    /** Longer than the timeout of the official SDKs, so that a scripted delay is not ended by this server. */
    private static final long IDLE_MILLIS = 660_000;

    private final Server server;
    private final ServerConnector connector;
    private final String host;
    private final TempDirectory workspace;
    private final RenderPool studio;
    private final Journal journal;
    private final ScenarioQueue scenarios = new ScenarioQueue();

    private MockUpstream(MockOptions options) throws IOException {
        this.host = options.host();
        this.workspace = TempDirectory.under(options.folder());
        this.studio = new RenderPool(options.painters());
        this.journal = new Journal(options.journalEntries(), options.clock(), workspace.folder().resolve("journal"),
                options.keptBodyBytes());
        this.server = new Server(threads());
        this.connector = connector(server, options);
        server.addConnector(connector);
        server.setErrorHandler(new ErrorPages());
        server.setHandler(new RequestDispatcher(workspace, new Keys(options.key(), options.privateControl()),
                routes(options),
                new BodyReader(options.painters()), scenarios, journal, WireFormats.forms()));
    }

    /** With the defaults: any free port, any key. */
    public static MockUpstream start() {
        return start(MockOptions.defaults());
    }

    public static MockUpstream start(MockOptions options) {
        MockUpstream mock;
        try {
            mock = new MockUpstream(options);
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary folder for the mock upstream", e);
        }
        try {
            mock.server.start();
            return mock;
        } catch (Exception e) {
            mock.close();
            throw new IllegalStateException(
                    "the mock upstream cannot listen on " + options.host() + ":" + options.port(), e);
        }
    }

    private static QueuedThreadPool threads() {
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName("mock-upstream");
        threads.setDaemon(true);
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("mock-request-"));
        return threads;
    }

    private static ServerConnector connector(Server server, MockOptions options) {
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        ServerConnector connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(options.host());
        connector.setPort(options.port());
        connector.setIdleTimeout(IDLE_MILLIS);
        return connector;
    }

    private Routes routes(MockOptions options) {
        Models models = Models.load();
        HostedFiles hosted = new HostedFiles(workspace.folder().resolve("hosted"), options.hostedFiles());
        ModelsEndpoint catalogue = new ModelsEndpoint(models);
        ScenarioEndpoint scripting = new ScenarioEndpoint(scenarios);
        JournalEndpoint received = new JournalEndpoint(journal);
        EditEndpoint edits = new EditEndpoint(models, studio, hosted, options.clock());
        Routes routes = new Routes();
        WireFormats.addTo(routes, edits, new ImageEditor(models, studio), models, hosted, options.clock());
        return routes.on("POST", "/v1/images/edits", edits)
                .on("POST", "/v1/moderations", new ModerationEndpoint(models, options.marker()))
                .on("GET", "/v1/models", catalogue::list)
                .on("GET", "/v1/models/{model}", catalogue::one)
                .on("GET", HostedFiles.ROUTE, hosted)
                .on("GET", "/mock/scenarios", scripting::show)
                .on("POST", "/mock/scenarios", scripting::add)
                .on("DELETE", "/mock/scenarios", scripting::clear)
                .on("GET", "/mock/journal", received::show)
                .on("DELETE", "/mock/journal", received::clear)
                .on("GET", "/mock/journal/{sequence}/parts/{index}", received::part)
                .on("GET", "/healthz", _ -> Answer.json(JsonNodeFactory.instance.objectNode().put("status", "ok")))
                .on("GET", "/", _ -> welcome());
    }

    private static Answer welcome() {
        byte[] text = """
                Retouch mock upstream: an image-edit provider in miniature. POST /v1/images/edits with any Bearer key.
                Other providers' APIs are below /azure, /gemini, /vertex, /openrouter, /xai, /bfl, /fal and /replicate.
                What it received: GET /mock/journal. What it shall do next: POST /mock/scenarios.
                """
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return new Answer.Document(200, Map.of(), "text/plain; charset=utf-8", out -> out.write(text));
    }

    /** The base URL of the control endpoints, without a slash at the end. */
    public URI origin() {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://" + shown + ":" + connector.getLocalPort());
    }

    /** The base URL for clients; ends in {@code /v1}. */
    public URI baseUrl() {
        return URI.create(origin() + "/v1");
    }

    /**
     * The base URL for clients that speak another wire format.
     *
     * @param kind its name, one of {@link WireFormats#basePaths()}
     */
    public URI baseUrl(String kind) {
        String path = WireFormats.basePaths().get(kind);
        if (path == null) {
            throw new IllegalArgumentException("not a wire format of the mock upstream: " + kind);
        }
        return URI.create(origin() + path);
    }

    public int port() {
        return connector.getLocalPort();
    }

    /** The journal of the received requests. */
    public Journal journal() {
        return journal;
    }

    /** The scenarios of the next requests. */
    public ScenarioQueue scenarios() {
        return scenarios;
    }

    /** Waits until this is closed. */
    public void join() throws InterruptedException {
        server.join();
    }

    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the mock upstream did not stop", e);
        } finally {
            studio.close();
            workspace.close();
        }
    }
}
