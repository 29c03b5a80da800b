package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.channels.UnresolvedAddressException;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.ProxyAuthenticationProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

import dev.retouch.server.config.Configuration.UpstreamConnection;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/** An OpenAI-compatible provider behind HTTP. */
public final class HttpUpstream implements Upstream, AutoCloseable {

    private final URI base;
    private final String key;
    private final UpstreamConnection connection;
    private final HttpClient client;
    private final UpstreamErrors errors = new UpstreamErrors();
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * Connects.
     *
     * @param base the base URL, ending in {@code /v1}
     * @param key the key that the provider knows
     * @param connection how patient to be
     */
    public HttpUpstream(URI base, String key, UpstreamConnection connection) {
        this.base = base;
        this.key = key;
        this.connection = connection;
        this.client = newClient(connection);
        try {
            client.start();
            // they would fail on a 401 that names no scheme, as OpenAI's does, before its status could be looked at
            client.getProtocolHandlers().remove(WWWAuthenticationProtocolHandler.NAME);
            client.getProtocolHandlers().remove(ProxyAuthenticationProtocolHandler.NAME);
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client for " + base.getHost() + " does not start", e);
        }
    }

    private static HttpClient newClient(UpstreamConnection connection) {
        QueuedThreadPool threads = new QueuedThreadPool();
        threads.setName("upstream");
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("upstream-"));
        HttpClient client = new HttpClient();
        client.setExecutor(threads);
        client.setFollowRedirects(false);
        client.setConnectTimeout(connection.connectTimeout().toMillis());
        client.setIdleTimeout(connection.idleTimeout().toMillis());
        client.setMaxConnectionsPerDestination(1024);
        client.setMaxRequestsQueuedPerDestination(4096);
        client.setUserAgentField(null);
        return client;
    }

    @Override
    public UpstreamAnswer edit(UpstreamEdit edit) {
        return send(EditForm.of(edit));
    }

    @Override
    public UpstreamAnswer edit(LinkedEdit edit) {
        return send(EditDocument.of(edit, mapper));
    }

    private UpstreamAnswer send(Request.Content body) {
        Request request = client.POST(base + "/images/edits")
                .headers(headers -> headers.put(HttpHeader.AUTHORIZATION, "Bearer " + key).put(HttpHeader.ACCEPT,
                        "application/json, text/event-stream"))
                .body(body);
        InputStreamResponseListener listener = new InputStreamResponseListener();
        request.send(listener);
        Response response = head(listener, request);
        InputStream answer = listener.getInputStream();
        String type = response.getHeaders().get(HttpHeader.CONTENT_TYPE);
        boolean json = type != null && type.startsWith("application/json");
        boolean events = type != null && type.startsWith("text/event-stream");
        if (response.getStatus() == HttpStatus.OK_200 && (json || events)) {
            return new UpstreamAnswer(events, length(response),
                    Optional.ofNullable(response.getHeaders().get("x-request-id")), answer);
        }
        try (answer) {
            throw errors.translated(response, json, answer);
        } catch (IOException e) {
            throw new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(e).afterSending();
        }
    }

    private static OptionalLong length(Response response) {
        long length = response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    private Response head(InputStreamResponseListener listener, Request request) {
        try {
            return listener.get(connection.idleTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            abort(request, e);
            throw new ApiException(ErrorMessage.UPSTREAM_TIMED_OUT).because(e).afterSending();
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            abort(request, e);
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("interrupted while waiting for the upstream", e));
        }
    }

    private static void abort(Request request, Exception cause) {
        CompletableFuture<Boolean> aborted = request.abort(cause);
        aborted.exceptionally(failure -> {
            cause.addSuppressed(failure);
            return false;
        });
    }

    private static ApiException failure(Throwable cause) {
        boolean neverConnected = cause instanceof ConnectException || cause instanceof SocketTimeoutException
                || cause instanceof UnresolvedAddressException || cause instanceof java.net.UnknownHostException;
        if (neverConnected) {
            return new ApiException(ErrorMessage.UPSTREAM_IS_UNREACHABLE).because(cause);
        }
        return new ApiException(cause instanceof TimeoutException
                ? ErrorMessage.UPSTREAM_TIMED_OUT
                : ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(cause).afterSending();
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client for " + base.getHost() + " does not stop", e);
        }
    }
}
