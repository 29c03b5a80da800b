package dev.retouch.contract.conformance.wire;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import javax.net.ssl.SSLException;

/**
 * Sends requests to one endpoint, and waits where it is asked to: an endpoint that limits how often it is asked says nothing
 * about what it can do.
 */
public final class Sender implements AutoCloseable {

    /** A key that has the form of many providers' keys and does not exist. */
    public static final String WRONG_KEY = "sk-of-nobody-0000000000000000";

    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final long MAX_ANSWERED = 512L << 20;
    private static final int TOO_MANY = 429;
    private static final int UNAVAILABLE = 503;

    private final Target target;
    private final Duration timeout;
    private final Duration maxWait;
    private final Pause pause;
    private final HttpClient api;
    private final HttpClient links;

    /** Lets time pass. */
    @FunctionalInterface
    public interface Pause {
        void forThat(Duration time) throws InterruptedException;
    }

    /**
     * @param timeout how long one answer may take
     * @param maxWait how long one request may wait in all because it was asked to come again later
     */
    public Sender(Target target, Duration timeout, Duration maxWait, Pause pause) {
        this.target = target;
        this.timeout = timeout;
        this.maxWait = maxWait;
        this.pause = pause;
        // a redirect of the endpoint's would take the key with it
        this.api = client(HttpClient.Redirect.NEVER);
        this.links = client(HttpClient.Redirect.NORMAL);
    }

    private static HttpClient client(HttpClient.Redirect redirect) {
        return HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT_TIMEOUT)
                .followRedirects(redirect).build();
    }

    /** Sends a request, again where the answer asks for that. */
    public Answer send(Request request) throws NoAnswerException, InterruptedException {
        HttpRequest sent = built(request);
        Duration waited = Duration.ZERO;
        while (true) {
            Answer answer = exchange(api, sent);
            Duration wait = RetryAfter.of(answer).orElse(Duration.ZERO);
            boolean asked = (answer.status() == TOO_MANY || answer.status() == UNAVAILABLE)
                    && !answer.header("x-should-retry").orElse("").equals("false");
            waited = waited.plus(wait);
            if (!asked || wait.isZero() || waited.compareTo(maxWait) > 0) {
                return answer;
            }
            pause.forThat(wait);
        }
    }

    /** Fetches what is behind a link, as a stranger without the key. */
    public Answer fetch(URI link) throws NoAnswerException, InterruptedException {
        try {
            return exchange(links, HttpRequest.newBuilder(link).timeout(timeout).GET().build());
        } catch (IllegalArgumentException e) {
            throw new NoAnswerException("no link that can be followed: " + e.getMessage(), false);
        }
    }

    private HttpRequest built(Request request) {
        HttpRequest.Builder builder = HttpRequest.newBuilder(target.at(request.path())).timeout(timeout);
        switch (request.key()) {
            case RIGHT -> builder.header("Authorization", "Bearer " + target.key());
            case WRONG -> builder.header("Authorization", "Bearer " + WRONG_KEY);
            case NONE -> {
                // that is the case
            }
        }
        request.body().contentType().ifPresent(type -> builder.header("Content-Type", type));
        request.headers().forEach(builder::header);
        return builder.method(request.method(), request.body() instanceof Body.None
                ? BodyPublishers.noBody()
                : BodyPublishers.ofByteArray(request.body().bytes())).build();
    }

    private Answer exchange(HttpClient client, HttpRequest request) throws NoAnswerException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> future = client.sendAsync(request,
                BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_ANSWERED));
        try {
            // the request's own timeout ends with the headers, and a body may come for ever
            return Answer.of(future.get(timeout.toMillis(), TimeUnit.MILLISECONDS));
        } catch (TimeoutException e) {
            future.cancel(true);
            throw new NoAnswerException("no whole answer within " + timeout.toSeconds() + " s", false);
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause(), request.uri());
        }
    }

    private NoAnswerException failure(Throwable cause, URI address) {
        String host = address.getAuthority();
        return switch (cause) {
            case HttpConnectTimeoutException _ -> new NoAnswerException(host + " does not accept connections", true);
            case java.net.http.HttpTimeoutException _ ->
                new NoAnswerException("no answer within " + timeout.toSeconds() + " s", false);
            case ConnectException unreached when unreached.getCause() instanceof UnresolvedAddressException ->
                new NoAnswerException("there is no host " + address.getHost(), true);
            case ConnectException _ -> new NoAnswerException("nobody listens at " + host, true);
            case UnknownHostException _ -> new NoAnswerException("there is no host " + address.getHost(), true);
            case SSLException tls -> new NoAnswerException("no TLS with " + host + ": " + tls.getMessage(), true);
            case IOException broken -> new NoAnswerException("the connection broke: " + broken.getMessage(), false);
            default -> throw new IllegalStateException(cause);
        };
    }

    @Override
    public void close() {
        api.shutdownNow();
        links.shutdownNow();
    }
}
