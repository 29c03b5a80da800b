package dev.retouch.server.front;

import java.io.FilterInputStream;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.Principal;

import jakarta.ws.rs.core.SecurityContext;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.internal.ContainerUtils;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.api.Doorkeeper;
import dev.retouch.server.intake.Exchange;

/**
 * Jersey directly on a Jetty handler, without servlets: less to copy and nothing between an event and the wire. A request
 * runs from its first byte to its last on the one virtual thread that calls {@link #handle}, so what the exchange holds
 * can be given back when that call returns.
 */
public final class JerseyHandler extends Handler.Abstract {

    private final ApplicationHandler application;
    private final OpenExchanges exchanges = new OpenExchanges();
    private final ClientWatch watch = new ClientWatch();

    /** Serves the resources of a configuration, and refuses some of them while the gateway stops. */
    public JerseyHandler(ResourceConfig resources) {
        resources.register(new StoppingFilter(exchanges));
        this.application = new ApplicationHandler(resources);
    }

    /** How many requests are being worked on or answered. */
    public int inFlight() {
        return exchanges.count();
    }

    OpenExchanges exchanges() {
        return exchanges;
    }

    @Override
    protected void doStart() throws Exception {
        watch.start();
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        watch.close();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        ContainerRequest incoming;
        try {
            incoming = incoming(request);
        } catch (URISyntaxException e) {
            Response.writeError(request, response, callback, HttpStatus.BAD_REQUEST_400);
            return true;
        }
        // silence of the client is no failure while nobody reads from it or writes to it
        request.addIdleTimeoutListener(timeout -> false);
        Exchange exchange = new Exchange(RequestIdHandler.idOf(request), request.getBeginNanoTime());
        exchanges.add(exchange);
        try {
            answer(incoming, exchange, request, response).complete(callback);
        } finally {
            exchanges.remove(exchange);
        }
        return true;
    }

    private JerseyAnswer answer(ContainerRequest incoming, Exchange exchange, Request request, Response response) {
        JerseyAnswer answer = new JerseyAnswer(request, response, exchange, exchanges);
        WaitingClient client = new WaitingClient(request, answer.unread(), exchange.cancellation(), watch);
        try (exchange; client) {
            exchange.onBodyRead(() -> {
                client.begin();
                answer.unlimited();
            });
            incoming.setProperty(Exchange.PROPERTY, exchange);
            incoming.setWriter(answer);
            application.handle(incoming);
        } catch (RuntimeException e) {
            answer.failure(e);
        }
        Doorkeeper.keyIdOf(incoming).ifPresent(key -> AccessLog.rememberKey(request, key));
        if (client.isGone()) {
            AccessLog.rememberGone(request);
        }
        return answer;
    }

    private ContainerRequest incoming(Request request) throws URISyntaxException {
        URI base = new URI(request.getHttpURI().getScheme(), null, Request.getServerName(request),
                Request.getServerPort(request), "/", null, null);
        String query = request.getHttpURI().getQuery();
        String path = request.getHttpURI().getPath();
        URI uri = new URI(base + path.substring(1)
                + (query == null ? "" : "?" + ContainerUtils.encodeUnsafeCharacters(query)));
        ContainerRequest incoming = new ContainerRequest(base, uri, request.getMethod(),
                new Anonymous(request.isSecure()),
                new MapPropertiesDelegate(), application.getConfiguration());
        incoming.setEntityStream(new LeftUnread(Request.asInputStream(request)));
        for (HttpField field : request.getHeaders()) {
            incoming.headers(field.getName(), field.getValue() == null ? "" : field.getValue());
        }
        return incoming;
    }

    /**
     * Jersey closes a body that it could not read, and Jetty takes that for the end of the connection: it would be reset while the
     * client still sends, before the client has read why. So Jersey gets a stream that it cannot close; {@link UnreadBody}
     * sees to the rest.
     */
    private static final class LeftUnread extends FilterInputStream {

        LeftUnread(InputStream in) {
            super(in);
        }

        @Override
        public void close() {
            // left to the handler
        }
    }

    /** Keys are this gateway's own matter; the container knows nobody. */
    private record Anonymous(boolean isSecure) implements SecurityContext {

        @Override
        public @Nullable Principal getUserPrincipal() {
            return null;
        }

        @Override
        public boolean isUserInRole(String role) {
            return false;
        }

        @Override
        public @Nullable String getAuthenticationScheme() {
            return null;
        }
    }
}
