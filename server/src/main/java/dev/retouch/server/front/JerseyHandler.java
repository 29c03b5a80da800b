package dev.retouch.server.front;

import java.io.FilterInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.security.Principal;
import java.util.concurrent.TimeUnit;

import jakarta.ws.rs.core.SecurityContext;

import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.glassfish.jersey.internal.MapPropertiesDelegate;
import org.glassfish.jersey.server.ApplicationHandler;
import org.glassfish.jersey.server.ContainerException;
import org.glassfish.jersey.server.ContainerRequest;
import org.glassfish.jersey.server.ContainerResponse;
import org.glassfish.jersey.server.ResourceConfig;
import org.glassfish.jersey.server.internal.ContainerUtils;
import org.glassfish.jersey.server.spi.ContainerResponseWriter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.api.Doorkeeper;
import dev.retouch.server.intake.Exchange;

/**
 * Jersey directly on a Jetty handler, without servlets: less to copy and nothing between an event and the wire. A request
 * runs from its first byte to its last on the one virtual thread that calls {@link #handle}, so what the exchange holds
 * can be given back when that call returns.
 */
public final class JerseyHandler extends Handler.Abstract {

    private static final Logger LOG = LoggerFactory.getLogger(JerseyHandler.class);

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

    private Answer answer(ContainerRequest incoming, Exchange exchange, Request request, Response response) {
        Answer answer = new Answer(request, response, exchange, exchanges);
        WaitingClient client = new WaitingClient(request, answer.unread, exchange.cancellation(), watch);
        try (exchange; client) {
            exchange.onBodyRead(() -> {
                client.begin();
                answer.stream.unlimited();
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

    /** Jersey's answer on its way to Jetty. */
    private static final class Answer implements ContainerResponseWriter {

        private final Request request;
        private final Response response;
        private final Exchange exchange;
        private final OpenExchanges exchanges;
        private final UnreadBody unread;
        private final MaybeStream stream;
        private @Nullable OutputStream out;
        private @Nullable Throwable failure;

        Answer(Request request, Response response, Exchange exchange, OpenExchanges exchanges) {
            this.exchange = exchange;
            this.stream = new MaybeStream(request);
            this.unread = new UnreadBody(request, stream);
            this.request = request;
            this.response = response;
            this.exchanges = exchanges;
        }

        @Override
        public OutputStream writeResponseStatusAndHeaders(long contentLength, ContainerResponse answer) {
            response.setStatus(answer.getStatus());
            if (!WaitingClient.isHttp2(request) && (!unread.isOver() || exchanges.isRefusing())) {
                // an answer that does not wait for the rest of the body ends the connection, and has to say so; HTTP/2 has no
                // such word, and ends the stream alone
                response.getHeaders().put(HttpHeader.CONNECTION, "close");
            }
            answer.getStringHeaders().forEach((name, values) -> {
                response.getHeaders().remove(name);
                values.forEach(value -> response.getHeaders().add(name, value));
            });
            if (contentLength >= 0 && !response.getHeaders().contains(HttpHeader.CONTENT_LENGTH)) {
                response.getHeaders().put(HttpHeader.CONTENT_LENGTH, contentLength);
            }
            if (response.getHeaders().contains(HttpHeader.TRAILER)) {
                response.setTrailersSupplier(this::trailers);
            }
            OutputStream written = Response.asBufferedOutputStream(request, response);
            out = written;
            return new LeftOpen(written, stream);
        }

        private HttpFields trailers() {
            HttpFields.Mutable fields = HttpFields.build();
            exchange.trailers().forEach(fields::put);
            return fields;
        }

        @Override
        public void failure(Throwable error) {
            failure = error;
        }

        void complete(Callback callback) {
            OutputStream written = out;
            exchange.broken().ifPresent(this::failure);
            try {
                if (failure == null && written != null) {
                    stream.limited();
                    written.close();
                }
            } catch (IOException e) {
                failure = e;
            }
            if (failure == null) {
                AccessLog.rememberWhole(request);
                unread.discard(callback);
            } else if (response.isCommitted()) {
                // too late for an error: the connection breaks off, which no client takes for a whole answer
                LOG.info("answer broken off request={} cause={}", RequestIdHandler.idOf(request), failure.toString());
                callback.failed(failure);
            } else {
                Response.writeError(request, response, callback, HttpStatus.INTERNAL_SERVER_ERROR_500, null, failure);
            }
        }

        @Override
        public boolean suspend(long timeOut, TimeUnit unit, @Nullable TimeoutHandler handler) {
            throw new ContainerException("requests run on virtual threads and are never suspended");
        }

        @Override
        public void setSuspendTimeout(long timeOut, TimeUnit unit) {
            throw new IllegalStateException("requests run on virtual threads and are never suspended");
        }

        @Override
        public void commit() {
            // completed when the handler returns
        }

        @Override
        public boolean enableResponseBuffering() {
            return false;
        }
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

    /**
     * Jersey closes an answer in good order even when its body failed, and half an answer would look like a whole one. So it
     * gets a stream that it cannot close; {@link Answer#complete} closes the real one when nothing failed.
     */
    private static final class LeftOpen extends FilterOutputStream {

        private final MaybeStream stream;

        LeftOpen(OutputStream out, MaybeStream stream) {
            super(out);
            this.stream = stream;
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            stream.limited();
            out.write(source, offset, length);
            stream.unlimited();
        }

        @Override
        public void flush() throws IOException {
            stream.limited();
            out.flush();
            stream.unlimited();
        }

        @Override
        public void close() throws IOException {
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
