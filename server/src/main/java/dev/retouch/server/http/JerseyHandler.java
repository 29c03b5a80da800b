package dev.retouch.server.http;

import java.net.URISyntaxException;
import java.security.Principal;
import java.time.Duration;

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
import org.jspecify.annotations.Nullable;

import dev.retouch.server.api.AuthenticationFilter;
import dev.retouch.server.api.FiguresDelegate;
import dev.retouch.server.exchange.Exchange;

/**
 * Runs Jersey on a Jetty handler without servlets, so that no buffer lies between a stream event and the connection. A
 * request runs on the virtual thread that calls {@link #handle}; when that call returns, the exchange has released its
 * resources.
 */
public final class JerseyHandler extends Handler.Abstract {

    private final ApplicationHandler application;
    private final InFlightExchanges exchanges = new InFlightExchanges();
    private final RequestAddress.Parser addresses = new RequestAddress.Parser();
    private final Watchdog watchdog = new Watchdog();
    private final ResponseRate minRate;

    /**
     * Creates the handler, and registers the filter that rejects requests during shutdown.
     *
     * @param minResponseRate minimum rate at which clients read responses, in bytes per second, or 0
     * @param minRateAfter waiting time before the rate is checked
     */
    public JerseyHandler(ResourceConfig resources, long minResponseRate, Duration minRateAfter) {
        this.minRate = new ResponseRate(minResponseRate, minRateAfter);
        resources.register(new ShutdownFilter(exchanges));
        this.application = new ApplicationHandler(resources);
    }

    /** Returns the number of exchanges in flight. */
    public int inFlight() {
        return exchanges.count();
    }

    /** Checks connections and clients while the handler is started. */
    Watchdog watchdog() {
        return watchdog;
    }

    InFlightExchanges exchanges() {
        return exchanges;
    }

    @Override
    protected void doStart() throws Exception {
        watchdog.start();
        super.doStart();
    }

    @Override
    protected void doStop() throws Exception {
        super.doStop();
        watchdog.close();
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
        // no idle timeout while the gateway neither reads from the client nor writes to it
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

    private JerseyResponseWriter answer(ContainerRequest incoming, Exchange exchange, Request request,
            Response response) {
        JerseyResponseWriter answer = new JerseyResponseWriter(request, response, exchange, exchanges, watchdog,
                minRate);
        ClientProbe client = new ClientProbe(request, answer.unread(), exchange.cancellation(), watchdog);
        try (exchange; client) {
            exchange.onBodyRead(() -> {
                client.begin();
                answer.unlimited();
            });
            incoming.setProperty(Exchange.PROPERTY, exchange);
            incoming.setProperty(AuthenticationFilter.DIRECT_CLIENT, DirectClient.sent(request));
            incoming.setProperty(AuthenticationFilter.PEER, Request.getRemoteAddr(request));
            incoming.setProperty(FiguresDelegate.SESSION_END, request.getAttribute(FiguresDelegate.SESSION_END));
            incoming.setWriter(answer);
            application.handle(incoming);
        } catch (RuntimeException e) {
            answer.failure(e);
        }
        AuthenticationFilter.keyIdOf(incoming).ifPresent(key -> AccessLog.rememberKey(request, key));
        exchange.record().trace().traceId().ifPresent(trace -> AccessLog.rememberTrace(request, trace));
        if (client.isGone()) {
            AccessLog.rememberGone(request);
        }
        return answer;
    }

    private ContainerRequest incoming(Request request) throws URISyntaxException {
        RequestAddress address = addresses.of(request);
        ContainerRequest incoming = new ContainerRequest(address.base(), address.uri(), request.getMethod(),
                new Anonymous(request.isSecure()),
                new MapPropertiesDelegate(), application.getConfiguration());
        incoming.setEntityStream(new RequestBodyStream(request));
        for (HttpField field : request.getHeaders()) {
            incoming.headers(field.getName(), field.getValue() == null ? "" : field.getValue());
        }
        return incoming;
    }

    /** API keys are authenticated by a filter; the security context has no principal. */
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
