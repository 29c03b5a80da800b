package dev.retouch.server.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.UnaryOperator;

import javax.net.ssl.SSLException;

import org.eclipse.jetty.client.Connection;
import org.eclipse.jetty.client.Destination;
import org.eclipse.jetty.client.EarlyHintsProtocolHandler;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.ProcessingProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.util.Promise;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An HTTP client that never resolves names. Each request carries its checked addresses as a tag, and Jetty connects to
 * these. The Host header, SNI and the certificate check use the name. Each request has its own connection, because a
 * pooled connection could go to an unchecked address and hosts chosen by clients must not accumulate. Redirects,
 * cookies, authentication, proxies and decompression are disabled.
 */
final class PinnedClient implements AutoCloseable {

    private static final int MAX_HEADER_BYTES = 16 * 1024;
    private static final int MAX_ADDRESSES_TRIED = 4;

    private final HttpClient client;
    private final UnaryOperator<InetSocketAddress> route;

    /**
     * Creates a started client.
     *
     * @param policy the timeouts
     * @param tls the trusted certificates
     * @param route maps an address to the actual target of the connection; the identity except in tests, where public
     * addresses are listeners on the local machine
     */
    PinnedClient(FetchSettings policy, SslContextFactory.Client tls, UnaryOperator<InetSocketAddress> route) {
        this.route = route;
        QueuedThreadPool threads = new QueuedThreadPool(16, 1);
        threads.setName("fetch");
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("fetch-"));
        client = new HttpClient(new HttpClientTransportOverHTTP(1));
        client.setExecutor(threads);
        client.setSslContextFactory(tls);
        client.setSocketAddressResolver(this::pinned);
        client.setFollowRedirects(false);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        client.setUserAgentField(null);
        client.setConnectTimeout(policy.connectTimeout().toMillis());
        client.setIdleTimeout(policy.timeout().toMillis());
        client.setMaxResponseHeadersSize(MAX_HEADER_BYTES);
        try {
            client.start();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP client for images could not be started", e);
        }
        client.getContentDecoderFactories().clear();
        client.getProtocolHandlers().clear();
        client.getProtocolHandlers().put(new ProcessingProtocolHandler());
        client.getProtocolHandlers().put(new EarlyHintsProtocolHandler());
    }

    /** The checked addresses of one request. Compared by identity, so that no two requests share a connection. */
    private static final class Pin {

        private final List<InetAddress> addresses;

        Pin(List<InetAddress> addresses) {
            this.addresses = addresses;
        }

        List<InetAddress> addresses() {
            return addresses;
        }
    }

    private void pinned(String host, int port, Map<String, Object> context, Promise<List<InetSocketAddress>> promise) {
        if (context.get(Destination.CONTEXT_KEY) instanceof Destination destination
                && destination.getOrigin().getTag() instanceof Pin pin) {
            promise.succeeded(pin.addresses().stream().limit(MAX_ADDRESSES_TRIED)
                    .map(address -> route.apply(named(host, address, port))).toList());
        } else {
            promise.failed(new UnknownHostException("the request has no checked address"));
        }
    }

    /** An address with its host name, from which Jetty derives SNI and the certificate check. */
    private static InetSocketAddress named(String host, InetAddress address, int port) {
        try {
            return new InetSocketAddress(InetAddress.getByAddress(host, address.getAddress()), port);
        } catch (UnknownHostException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Requests an image at one of the checked addresses, and returns when the head of the response has arrived. */
    Answer get(ImageUrl url, List<InetAddress> checked, Deadline deadline) throws FetchException, InterruptedException {
        long left = deadline.millis();
        Request request = client.newRequest(url.uri()).tag(new Pin(checked)).timeout(left, TimeUnit.MILLISECONDS)
                .headers(headers -> headers.put(HttpHeader.ACCEPT, "image/png, image/jpeg, image/webp, */*;q=0.1")
                        .put(HttpHeader.ACCEPT_ENCODING, "identity").put(HttpHeader.USER_AGENT, "Retouch")
                        .put(HttpHeader.CONNECTION, "close"));
        Exchange exchange = new Exchange(request, new InputStreamResponseListener(),
                client.resolveDestination(request));
        try {
            return new Answer(exchange, exchange.send(deadline), deadline);
        } catch (TimeoutException e) {
            exchange.close();
            throw deadline.passed();
        } catch (ExecutionException e) {
            exchange.close();
            throw failure(e, deadline);
        } catch (InterruptedException | FetchException e) {
            exchange.close();
            throw e;
        }
    }

    /** One request with its own connection, outside of Jetty's pool. */
    private final class Exchange implements AutoCloseable {

        private final Request request;
        private final InputStreamResponseListener listener;
        private final Destination destination;
        private final CompletableFuture<Connection> connection;

        Exchange(Request request, InputStreamResponseListener listener, Destination destination) {
            this.request = request;
            this.listener = listener;
            this.destination = destination;
            this.connection = destination.newConnection();
        }

        Response send(Deadline deadline)
                throws FetchException, InterruptedException, TimeoutException, ExecutionException {
            connection.get(deadline.millis(), TimeUnit.MILLISECONDS).send(request, listener);
            return listener.get(deadline.millis(), TimeUnit.MILLISECONDS);
        }

        InputStream body() {
            return listener.getInputStream();
        }

        /** Closes the connection now, or after it is established. */
        @Override
        public void close() {
            CompletableFuture<Void> _ = connection.thenAccept(Connection::close);
            try {
                listener.close();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            } finally {
                client.removeDestination(destination);
            }
        }
    }

    /** Converts a failure into a neutral reason, because the HTTP client's message contains addresses and ports. */
    private static FetchException failure(Throwable failure, Deadline deadline) {
        List<Throwable> causes = new ArrayList<>();
        for (Throwable cause = failure; cause != null && causes.size() < 8; cause = cause.getCause()) {
            causes.add(cause);
        }
        if (causes.stream().anyMatch(SSLException.class::isInstance)) {
            return FetchException.failed("no trusted connection to its host could be made with TLS");
        }
        if (causes.stream().anyMatch(TimeoutException.class::isInstance)) {
            return deadline.passed();
        }
        boolean unreached = causes.stream()
                .anyMatch(cause -> cause instanceof SocketException || cause instanceof SocketTimeoutException);
        return FetchException.failed(unreached ? "its host could not be reached" : "its host's answer broke off");
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException("the HTTP client for images could not be stopped", e);
        }
    }

    /** The head of a response whose body has not been read. Closing it closes the connection. */
    static final class Answer implements AutoCloseable {

        private final Exchange exchange;
        private final Response response;
        private final Deadline deadline;
        private final InputStream body;

        private Answer(Exchange exchange, Response response, Deadline deadline) {
            this.exchange = exchange;
            this.response = response;
            this.deadline = deadline;
            this.body = exchange.body();
        }

        int status() {
            return response.getStatus();
        }

        Optional<String> header(HttpHeader name) {
            return Optional.ofNullable(response.getHeaders().get(name));
        }

        /** The announced length in bytes; -1 if unknown. */
        long announcedLength() {
            return response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        }

        /** Reads available bytes into the buffer from this offset; -1 at the end. */
        int read(byte[] buffer, int offset) throws FetchException, InterruptedException {
            try {
                return body.read(buffer, offset, buffer.length - offset);
            } catch (IOException e) {
                if (e instanceof InterruptedIOException || Thread.interrupted()) {
                    InterruptedException interrupted = new InterruptedException("while an image was read");
                    interrupted.initCause(e);
                    throw interrupted;
                }
                throw failure(e, deadline);
            }
        }

        @Override
        public void close() {
            exchange.close();
        }
    }
}
