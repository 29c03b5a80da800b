package dev.retouch.server.http;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.api.ErrorMapper;
import dev.retouch.server.exchange.Cancellation.Reason;
import dev.retouch.server.network.NetworkBufferPool;
import dev.retouch.server.network.NetworkThreads;

/**
 * Listens for HTTP/1.1 and HTTP/2 connections and passes requests through the handler chain. Each request runs on its own virtual
 * thread. On {@link #close} it rejects new edits, waits for the edits in flight, and cancels those that exceed the grace period.
 */
public final class HttpServer implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);

    /** How long canceled edits have to send their error and to settle. */
    private static final Duration CANCEL_GRACE = Duration.ofSeconds(5);
    /** How long Jetty may take to send the last bytes of responses. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final Server server;
    private final ServerConnector connector;
    private final ConnectorSettings settings;
    private final Optional<ReloadingTlsContext> tls;
    private final InFlightExchanges exchanges;
    private final ShutdownPolicy shutdown;
    private final int maxConnections;
    private final ConnectionLimit connections;
    private volatile boolean stopping;

    /**
     * Creates the server; it does not listen yet.
     *
     * @param settings address, timeouts and TLS files
     * @param cors origins of web pages that may call the API
     * @param shutdown delay and grace period of the shutdown
     * @param api handles every request except pages
     * @param pages static pages and the OpenAPI document
     * @param errors renders errors that Jetty finds
     * @param decorator wraps the whole handler chain
     * @throws InvalidCertificateException if the certificate files are invalid
     */
    public HttpServer(ConnectorSettings settings, CorsPolicy cors, ShutdownPolicy shutdown, JerseyHandler api,
            Pages pages, ErrorMapper errors, HandlerDecorator decorator) {
        this.settings = settings;
        this.shutdown = shutdown;
        this.exchanges = api.exchanges();
        tls = settings.tls().map(ReloadingTlsContext::new);
        server = new Server(NetworkThreads.named("http"), null, NetworkBufferPool.shared());
        maxConnections = settings.usableConnections();
        connections = new ConnectionLimit(maxConnections);
        api.watchdog().add(connections);
        connector = new LimitedConnector(server, connections, protocols());
        connector.setHost(settings.host());
        connector.setPort(settings.port());
        connector.setAcceptQueueSize(settings.backlog());
        connector.setIdleTimeout(settings.keepAlive().toMillis());
        server.addConnector(connector);
        server.addBean(new NetworkConnectionLimit(maxConnections, connector));
        HeaderDeadlines headers = new HeaderDeadlines(settings.headerTime());
        connector.addBean(headers);
        api.watchdog().add(headers);
        server.setErrorHandler(new EnvelopeErrorHandler(errors));
        // The handler chain, in the order of a request:
        //
        // ConnectionLimit         notes on which connections requests are processed
        // -> HeaderEndHandler     notes for HeaderDeadlines that the headers are complete
        // -> HandlerDecorator     handlers of a program that embeds the gateway; none by default
        // -> GracefulHandler      counts requests, so that stop() waits for their responses
        // -> RequestIdHandler     sets x-request-id and the request id of the log, writes the access log
        // -> PathGuardHandler     rejects CONNECT; other spellings of a path never lead to a page
        // -> PathMappingsHandler
        // ---> PageHeadersHandler sets the security headers of pages
        // .    -> handlers of Pages  landing page, playground, console, Swagger UI, examples, OpenAPI document
        // ---> ConsoleSessions    gives /admin/v1 requests of the console the admin token, if administration is on
        // .    -> CrossOriginHandler answers CORS preflights and adds CORS headers, if cors.origins is set
        // .    -> JerseyHandler   every other path: opens the exchange, then the filters of FilterPriorities:
        // .       -> ShutdownFilter -> AuthenticationFilter -> AdmissionFilter -> generated stub -> delegate
        //
        // EnvelopeErrorHandler is not in the chain: Jetty calls it to render errors that it finds itself.
        server.setHandler(connections.around(headers.around(decorator.around(
                new GracefulHandler(new RequestIdHandler(routes(cors.around(api), pages)))))));
        server.setStopTimeout(STOP_TIMEOUT.toMillis());
    }

    /** Reports connections of the network, whatever protocols they have. */
    private static final class LimitedConnector extends ServerConnector {

        private final ConnectionLimit limit;

        LimitedConnector(Server server, ConnectionLimit limit, ConnectionFactory... protocols) {
            super(server, 1, 1, protocols);
            this.limit = limit;
        }

        @Override
        protected void onEndPointOpened(EndPoint connection) {
            super.onEndPointOpened(connection);
            limit.opened(connection);
        }

        @Override
        protected void onEndPointClosed(EndPoint connection) {
            limit.closed(connection);
            super.onEndPointClosed(connection);
        }
    }

    private ConnectionFactory[] protocols() {
        Protocols protocols = new Protocols(settings.idle(), settings.headerBytes(), settings.upgrades());
        return tls.map(protocols::secure).orElseGet(protocols::clear);
    }

    private Handler routes(Handler api, Pages pages) {
        PathMappingsHandler routes = new PathMappingsHandler();
        pages.handlers(server).forEach((path, handler) -> routes.addMapping(PathSpec.from(path), handler));
        Handler rest = pages.around(api);
        routes.addMapping(PathSpec.from("/*"), rest);
        return new PathGuardHandler(routes, rest);
    }

    /** Starts listening, and watches the certificate files. */
    public void start() throws IOException {
        try {
            server.start();
            tls.ifPresent(ReloadingTlsContext::watch);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP server does not start", e);
        }
    }

    /** Returns the base URL, with the real port. */
    public URI address() {
        String host = settings.host();
        String shown = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return URI.create((tls.isPresent() ? "https://" : "http://") + shown + ":" + connector.getLocalPort());
    }

    /** Returns when the certificate in use expires; empty without TLS. */
    public Optional<Instant> certificateExpiry() {
        return tls.map(ReloadingTlsContext::expiry);
    }

    /** Returns the number of open connections of clients. */
    public int connections() {
        return connections.count();
    }

    /** Returns how many connections there may be. */
    public int maxConnections() {
        return maxConnections;
    }

    /** Returns how many waiting connections were closed because there were too many. */
    public long closedConnections() {
        return connections.closedCount();
    }

    /** Whether the server accepts edits; false as soon as it shuts down. */
    public boolean isAccepting() {
        return server.isStarted() && !stopping;
    }

    /** Waits until the server has stopped. */
    public void join() throws InterruptedException {
        server.join();
    }

    /**
     * Shuts down: {@code /readyz} fails at once, new edits are rejected after {@code shutdown.delay}, and edits in flight may finish
     * within {@code shutdown.grace}. The rest is canceled. Reading requests are answered until the connectors stop.
     */
    @Override
    public void close() {
        boolean interrupted = false;
        try {
            if (isAccepting()) {
                drain();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        try {
            server.stop();
        } catch (TimeoutException e) {
            LOG.info("stopped with open client connections");
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP server does not stop", e);
        } finally {
            tls.ifPresent(ReloadingTlsContext::close);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void drain() throws InterruptedException {
        stopping = true;
        LOG.info("shutdown started in-flight={} delay={} grace={}", exchanges.count(), shutdown.delay(),
                shutdown.grace());
        Thread.sleep(shutdown.delay());
        exchanges.stopAccepting();
        int left = exchanges.awaitIdle(shutdown.grace());
        if (left > 0) {
            LOG.warn("grace period exceeded canceled={}", left);
            exchanges.cancel(Reason.STOPPING);
            left = exchanges.awaitIdle(CANCEL_GRACE);
        }
        LOG.info("shutdown finished in-flight={}", left);
    }
}
