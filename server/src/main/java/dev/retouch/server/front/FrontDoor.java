package dev.retouch.server.front;

import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeoutException;

import org.eclipse.jetty.http.pathmap.PathSpec;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.server.handler.PathMappingsHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.api.Envelopes;
import dev.retouch.server.intake.Cancellation.Reason;

/** The HTTP server: every request runs on a virtual thread of its own. */
public final class FrontDoor implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(FrontDoor.class);

    /** How long edits that were ended have to say so and to be accounted for. */
    private static final Duration LAST_WORDS = Duration.ofSeconds(5);
    /** How long Jetty may take to get the last bytes of answers out. */
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(2);

    private final Server server;
    private final ServerConnector connector;
    private final Listening listening;
    private final Optional<Tls> tls;
    private final OpenExchanges exchanges;
    private final Farewell farewell;
    private volatile boolean stopping;

    /**
     * Builds the server; it does not listen yet.
     *
     * @param listening where and how
     * @param crossOrigin which web pages may call
     * @param farewell how it closes
     * @param api what answers everything that is no page
     * @param pages what people look at
     * @param envelopes the form of errors
     * @param enclosure what stands around all of it
     * @throws UnusableCertificateException where the files of the certificate are not right
     */
    public FrontDoor(Listening listening, CrossOrigin crossOrigin, Farewell farewell, JerseyHandler api, Pages pages,
            Envelopes envelopes, Enclosure enclosure) {
        this.listening = listening;
        this.farewell = farewell;
        this.exchanges = api.exchanges();
        tls = listening.tls().map(Tls::new);
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName("http");
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("http-"));
        server = new Server(threads);
        connector = new ServerConnector(server, 1, 1, protocols());
        connector.setHost(listening.host());
        connector.setPort(listening.port());
        connector.setIdleTimeout(listening.keepAlive().toMillis());
        server.addConnector(connector);
        server.setErrorHandler(new EnvelopeErrorHandler(envelopes));
        server.setHandler(enclosure.around(
                new GracefulHandler(new RequestIdHandler(crossOrigin.around(routes(api, pages))))));
        server.setStopTimeout(STOP_TIMEOUT.toMillis());
    }

    private ConnectionFactory[] protocols() {
        Protocols protocols = new Protocols(listening.idle(), listening.headerBytes());
        return tls.map(protocols::secure).orElseGet(protocols::clear);
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
            tls.ifPresent(Tls::watch);
        } catch (IOException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP server does not start", e);
        }
    }

    /** Where it listens, with the real port. */
    public URI address() {
        String host = listening.host();
        String shown = host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
        return URI.create((tls.isPresent() ? "https://" : "http://") + shown + ":" + connector.getLocalPort());
    }

    /** Whether requests are taken; false from the moment it begins to stop. */
    public boolean isOpen() {
        return server.isStarted() && !stopping;
    }

    /** Waits until it has stopped. */
    public void join() throws InterruptedException {
        server.join();
    }

    /**
     * Says that it will close, takes no more edits, lets those in flight finish for a while, ends what is left, and stops. Requests
     * that only read are answered to the last.
     */
    @Override
    public void close() {
        boolean interrupted = false;
        try {
            if (isOpen()) {
                letFinish();
            }
        } catch (InterruptedException e) {
            interrupted = true;
        }
        try {
            server.stop();
        } catch (TimeoutException e) {
            LOG.info("stopped while clients kept connections open");
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP server does not stop", e);
        } finally {
            tls.ifPresent(Tls::close);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void letFinish() throws InterruptedException {
        stopping = true;
        LOG.info("stopping in-flight={} delay={} grace={}", exchanges.count(), farewell.delay(), farewell.grace());
        Thread.sleep(farewell.delay());
        exchanges.refuse();
        int left = exchanges.awaitNone(farewell.grace());
        if (left > 0) {
            LOG.warn("stopping ended={} because the grace period is over", left);
            exchanges.cancel(Reason.STOPPING);
            left = exchanges.awaitNone(LAST_WORDS);
        }
        LOG.info("stopped in-flight={}", left);
    }
}
