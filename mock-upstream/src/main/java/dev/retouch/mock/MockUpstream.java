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
import dev.retouch.mock.edit.Studio;
import dev.retouch.mock.intake.Intake;
import dev.retouch.mock.intake.Workspace;
import dev.retouch.mock.journal.Journal;
import dev.retouch.mock.model.Models;
import dev.retouch.mock.moderation.ModerationEndpoint;
import dev.retouch.mock.scenario.ScenarioQueue;
import dev.retouch.mock.wire.Answer;
import dev.retouch.mock.wire.ErrorPages;
import dev.retouch.mock.wire.Gate;
import dev.retouch.mock.wire.HostedFiles;
import dev.retouch.mock.wire.JournalEndpoint;
import dev.retouch.mock.wire.Keys;
import dev.retouch.mock.wire.ModelsEndpoint;
import dev.retouch.mock.wire.Routes;
import dev.retouch.mock.wire.ScenarioEndpoint;

/** A running mock upstream: where it listens, what it was sent, what it shall do next. */
public final class MockUpstream implements AutoCloseable {

    /** As long as the official SDKs wait, and a bit: a scripted delay must not end by a timeout of ours. */
    private static final long IDLE_MILLIS = 660_000;

    private final Server server;
    private final ServerConnector connector;
    private final String host;
    private final Workspace workspace;
    private final Studio studio;
    private final Journal journal;
    private final ScenarioQueue scenarios = new ScenarioQueue();

    private MockUpstream(MockOptions options) throws IOException {
        this.host = options.host();
        this.workspace = Workspace.under(options.folder());
        this.studio = new Studio(options.painters());
        this.journal = new Journal(options.journalEntries(), options.clock(), workspace.folder().resolve("journal"),
                options.keptBodyBytes());
        this.server = new Server(threads());
        this.connector = connector(server, options);
        server.addConnector(connector);
        server.setErrorHandler(new ErrorPages());
        server.setHandler(new Gate(workspace.folder(), new Keys(options.key()), routes(options),
                new Intake(options.painters()), scenarios, journal));
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
        return new Routes()
                .on("POST", "/v1/images/edits", new EditEndpoint(models, studio, hosted, options.clock()))
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
                What it received: GET /mock/journal. What it shall do next: POST /mock/scenarios.
                """
                .getBytes(java.nio.charset.StandardCharsets.UTF_8);
        return new Answer.Document(200, Map.of(), "text/plain; charset=utf-8", out -> out.write(text));
    }

    /** Where the control endpoints are, without a slash at the end. */
    public URI origin() {
        String shown = host.contains(":") ? "[" + host + "]" : host;
        return URI.create("http://" + shown + ":" + connector.getLocalPort());
    }

    /** What a client is configured with; ends in {@code /v1}. */
    public URI baseUrl() {
        return URI.create(origin() + "/v1");
    }

    public int port() {
        return connector.getLocalPort();
    }

    /** What it received. */
    public Journal journal() {
        return journal;
    }

    /** What the next requests meet. */
    public ScenarioQueue scenarios() {
        return scenarios;
    }

    /** Waits until somebody closes it. */
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
