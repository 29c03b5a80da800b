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
import org.eclipse.jetty.client.ProxyAuthenticationProtocolHandler;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.WWWAuthenticationProtocolHandler;
import org.eclipse.jetty.client.transport.HttpClientTransportOverHTTP;
import org.eclipse.jetty.http.HttpCookieStore;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An OpenAI-compatible moderation endpoint behind HTTP. Questions of all edits share its connections and wait for each
 * other when there are too many.
 */
public final class ModerationService implements AutoCloseable {

    /** A verdict has a few kilobytes. */
    private static final int MOST_ANSWER_BYTES = 256 * 1024;

    private final URI endpoint;
    private final String key;
    private final ServiceLimits limits;
    private final Questions questions;
    private final OpinionReader reader = new OpinionReader();
    private final Semaphore places;
    private final HttpClient client;

    /**
     * Connects.
     *
     * @param base the base URL, ending in {@code /v1}
     * @param key the key that the service knows; empty where it wants none
     * @param model who judges, such as {@code omni-moderation-latest}
     * @param limits how patient to be
     */
    public ModerationService(URI base, String key, String model, ServiceLimits limits) {
        this.endpoint = URI.create(base.toString().replaceFirst("/+$", "") + "/moderations");
        this.key = key;
        this.limits = limits;
        this.questions = new Questions(model);
        this.places = new Semaphore(limits.sideBySide(), true);
        this.client = newClient(limits);
        try {
            client.start();
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client for moderation does not start", e);
        }
        client.getContentDecoderFactories().clear();
        // they would fail on a 401 that names no scheme, as OpenAI's does, before its status could be looked at
        client.getProtocolHandlers().remove(WWWAuthenticationProtocolHandler.NAME);
        client.getProtocolHandlers().remove(ProxyAuthenticationProtocolHandler.NAME);
    }

    private static HttpClient newClient(ServiceLimits limits) {
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
        client.setMaxConnectionsPerDestination(limits.sideBySide());
        return client;
    }

    /** What the service thinks of a prompt. */
    SortedMap<String, CategoryOpinion> opinionsOf(String prompt) throws NoVerdictException, InterruptedException {
        return ask(questions.about(prompt));
    }

    /** What the service thinks of an image. */
    SortedMap<String, CategoryOpinion> opinionsOf(ImageToModerate image)
            throws NoVerdictException, InterruptedException {
        return ask(questions.about(image));
    }

    private SortedMap<String, CategoryOpinion> ask(Request.Content question)
            throws NoVerdictException, InterruptedException {
        if (!places.tryAcquire(limits.timeout().toMillis(), TimeUnit.MILLISECONDS)) {
            throw new NoVerdictException("too many questions were waiting for it");
        }
        try {
            ContentResponse response = send(question);
            if (!HttpStatus.isSuccess(response.getStatus())) {
                throw new NoVerdictException("it answered " + response.getStatus());
            }
            return reader.read(response.getContent());
        } finally {
            places.release();
        }
    }

    private ContentResponse send(Request.Content question) throws NoVerdictException, InterruptedException {
        Request request = client.POST(endpoint)
                .headers(headers -> {
                    headers.put(HttpHeader.ACCEPT, "application/json");
                    if (!key.isEmpty()) {
                        headers.put(HttpHeader.AUTHORIZATION, "Bearer " + key);
                    }
                }).body(question);
        CompletableFuture<ContentResponse> answer = new CompletableResponseListener(request, MOST_ANSWER_BYTES).send();
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

    private NoVerdictException failure(Throwable cause) {
        return switch (cause) {
            case ConnectException _,SocketTimeoutException _,NoRouteToHostException _,UnknownHostException _,UnresolvedAddressException _ ->
                new NoVerdictException("it could not be reached");
            case TimeoutException _ -> tookTooLong();
            case SSLException _ -> new NoVerdictException("no trusted connection to it could be made with TLS");
            default -> new NoVerdictException("its answer broke off, or was no answer of HTTP, or too large");
        };
    }

    private NoVerdictException tookTooLong() {
        return new NoVerdictException("it took longer than " + limits.timeout().toMillis() + " milliseconds");
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
