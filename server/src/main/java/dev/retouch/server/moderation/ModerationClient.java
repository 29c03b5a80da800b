package dev.retouch.server.moderation;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.channels.UnresolvedAddressException;
import java.util.SortedMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

import org.eclipse.jetty.client.CompletableResponseListener;
import org.eclipse.jetty.client.ContentResponse;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.HttpProxy;
import org.eclipse.jetty.client.ProxyAuthenticationProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

import dev.retouch.server.moderation.ModerationImage.Held;

/**
 * Calls an OpenAI-compatible moderation service over HTTP. The requests of all edits share its connections; above
 * {@link ModerationClientSettings#maxConcurrent} they wait in a queue.
 */
public final class ModerationClient implements AutoCloseable {

    private static final int MAX_RESPONSE_BYTES = 256 * 1024;
    /** OpenAI takes data URLs of at most 20 MiB. */
    private static final long MAX_IMAGE_BYTES = 15_700_000;

    private final URI endpoint;
    private final String key;
    private final ModerationClientSettings limits;
    private final ModerationRequestWriter writer;
    private final ImageReducer reducer;
    private final ModerationResponseReader reader = new ModerationResponseReader();
    private final Semaphore permits;
    private final HttpClient client;

    /**
     * Starts the HTTP client.
     *
     * @param service the service
     * @param limits timeouts and the most concurrent requests
     * @param reducer makes copies of images that are too large for the service
     */
    public ModerationClient(ModerationEndpoint service, ModerationClientSettings limits, ImageReducer reducer) {
        this.endpoint = service.moderations();
        this.key = service.key();
        this.limits = limits;
        this.writer = new ModerationRequestWriter(service.model());
        this.reducer = reducer;
        this.permits = new Semaphore(limits.maxConcurrent(), true);
        this.client = newClient(limits);
        URI proxy = service.proxy();
        if (proxy != null) {
            client.getProxyConfiguration().addProxy(new HttpProxy(proxy.getHost(), proxy.getPort()));
        }
        try {
            client.start();
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client for moderation does not start", e);
        }
        client.getContentDecoderFactories().clear();
        // both fail on a 401 without a scheme, as OpenAI sends it, and its status would be lost
        client.getProtocolHandlers().remove(WWWAuthenticationProtocolHandler.NAME);
        client.getProtocolHandlers().remove(ProxyAuthenticationProtocolHandler.NAME);
    }

    ModerationClient(URI base, String key, String model, ModerationClientSettings limits) {
        this(new ModerationEndpoint(base, key, model, null), limits, new ImageReducer());
    }

    private static HttpClient newClient(ModerationClientSettings limits) {
        QueuedThreadPool threads = new QueuedThreadPool(16, 1);
        threads.setName("moderation");
        threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("moderation-"));
        HttpClient client = new HttpClient(new HttpClientTransportOverHTTP(1));
        client.setExecutor(threads);
        client.setFollowRedirects(false);
        client.setHttpCookieStore(new HttpCookieStore.Empty());
        client.setUserAgentField(null);
        client.setConnectTimeout(limits.connectTimeout().toMillis());
        client.setIdleTimeout(limits.timeout().toMillis());
        client.setMaxConnectionsPerDestination(limits.maxConcurrent());
        return client;
    }

    /** The results for a prompt, by category. */
    SortedMap<String, CategoryResult> moderate(String prompt) throws ModerationClientException, InterruptedException {
        return send(writer.body(prompt));
    }

    /** The results for an image, by category. An image that is too large for the service is sent as a reduced copy. */
    SortedMap<String, CategoryResult> moderate(ModerationImage image)
            throws ModerationClientException, InterruptedException {
        if (image instanceof Held held && held.bytes().size() > MAX_IMAGE_BYTES) {
            return send(writer.body(reducer.reduce(held.bytes(), held.format(), limits.timeout().toMillis())));
        }
        return send(writer.body(image));
    }

    private SortedMap<String, CategoryResult> send(Request.Content body)
            throws ModerationClientException, InterruptedException {
        if (!permits.tryAcquire(limits.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new ModerationClientException("too many requests were waiting for it");
        }
        try {
            ContentResponse response = exchange(body);
            if (!HttpStatus.isSuccess(response.getStatus())) {
                throw new ModerationClientException("it answered " + response.getStatus());
            }
            return reader.read(response.getContent());
        } finally {
            permits.release();
        }
    }

    private ContentResponse exchange(Request.Content body) throws ModerationClientException, InterruptedException {
        Request request = client.POST(endpoint)
                .headers(headers -> {
                    headers.put(HttpHeader.ACCEPT, "application/json");
                    if (!key.isEmpty()) {
                        headers.put(HttpHeader.AUTHORIZATION, "Bearer " + key);
                    }
                }).body(body);
        CompletableFuture<ContentResponse> answer = new CompletableResponseListener(request, MAX_RESPONSE_BYTES).send();
        try {
            return answer.get(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            abort(request, e);
            throw tookTooLong();
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause());
        } catch (InterruptedException e) {
            abort(request, e);
            throw e;
        }
    }

    private static void abort(Request request, Exception cause) {
        CompletableFuture<Boolean> aborted = request.abort(cause);
        aborted.exceptionally(failure -> {
            cause.addSuppressed(failure);
            return false;
        });
    }

    private ModerationClientException failure(Throwable cause) {
        return switch (cause) {
            case ConnectException _,SocketTimeoutException _,NoRouteToHostException _,UnknownHostException _,UnresolvedAddressException _ ->
                new ModerationClientException("it could not be reached");
            case TimeoutException _ -> tookTooLong();
            case SSLException _ -> new ModerationClientException("no trusted connection to it could be made with TLS");
            default -> new ModerationClientException("its answer broke off, or was no answer of HTTP, or too large");
        };
    }

    private ModerationClientException tookTooLong() {
        return new ModerationClientException("it took longer than " + limits.timeout().toMillis() + " milliseconds");
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client for moderation does not stop", e);
        }
    }
}
