package dev.retouch.server.front;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;

import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

import dev.retouch.server.api.Envelopes;

/** The HTTP server: every request runs on a virtual thread of its own. */
public final class FrontDoor implements AutoCloseable {

    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(10);

    private final Server server;
    private final ServerConnector connector;
    private final String host;

    /**
     * Builds the server; it does not listen yet.
     *
     * @param host the address to listen on
     * @param port the port, 0 for any free one
     * @param idle how long a connection may be silent in the middle of a request
     * @param keepAlive how long it may be silent between two requests
     * @param api what answers everything that is no page
     * @param pages what people look at
     * @param envelopes the form of errors
     */
    public FrontDoor(String host, int port, Duration idle, Duration keepAlive, JerseyHandler api, Pages pages,
            Envelopes envelopes) {
        this.host = host;
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName("http");
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("http-"));
        server = new Server(threads);
        HttpConfiguration http = new HttpConfiguration();
        http.setSendServerVersion(false);
        http.setSendDateHeader(true);
        http.setIdleTimeout(idle.toMillis());
        connector = new ServerConnector(server, 1, 1, new HttpConnectionFactory(http));
        connector.setHost(host);
        connector.setPort(port);
        connector.setIdleTimeout(keepAlive.toMillis());
        server.addConnector(connector);
        server.setErrorHandler(new EnvelopeErrorHandler(envelopes));
        server.setHandler(new GracefulHandler(new RequestIdHandler(routes(api, pages))));
        server.setStopTimeout(STOP_TIMEOUT.toMillis());
    }

    private Handler routes(JerseyHandler api, Pages pages) {
        PathMappingsHandler routes = new PathMappingsHandler();
        pages.handlers(server).forEach((path, handler) -> routes.addMapping(PathSpec.from(path), handler));
        routes.addMapping(PathSpec.from("/*"), api);
        return routes;
    }

    /** Starts to listen. */
    public void open() throws IOException {
        try {
            server.start();
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP server does not start", e);
        }
    }

    /** Where it listens, with the real port. */
    public URI address() {
        String shown = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return URI.create("http://" + shown + ":" + connector.getLocalPort());
    }

    /** Whether requests are taken; false from the moment it begins to stop. */
    public boolean isOpen() {
        return server.isStarted();
    }

    /** Waits until it has stopped. */
    public void join() throws InterruptedException {
        server.join();
    }

    /** Takes no more requests, lets those in flight finish for a while, and stops. */
    @Override
    public void close() {
        try {
            server.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP server does not stop", e);
        }
    }
}
