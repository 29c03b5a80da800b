package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/** Sends HTTP requests to an upstream and waits for the head of each response. A failure says whether the edit may have run. */
public final class HttpCalls implements AutoCloseable {

    private final UpstreamSettings settings;
    private final HttpClient client;

    /** Starts the HTTP client. */
    public HttpCalls(UpstreamSettings settings) {
        this(settings, new SslContextFactory.Client());
    }

    /** Calls an upstream whose certificate is checked by this TLS context. */
    HttpCalls(UpstreamSettings settings, SslContextFactory.Client tls) {
        this.settings = settings;
        this.client = HttpClientFactory.of(settings, tls);
        try {
            client.start();
            HttpClientFactory.finish(client);
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client for " + settings.url().getHost() + " does not start", e);
        }
    }

    /**
     * A request.
     *
     * @param method the HTTP method
     * @param url the absolute URL
     * @param headers its headers
     * @param body its body; null for none
     */
    public record Call(String method, String url, Map<String, String> headers, Request.@Nullable Content body) {}

    /**
     * The head of a response, and its body.
     *
     * @param head status and headers
     * @param body the body, decoded; reading it too slowly ends nothing, silence does
     */
    public record Reply(Response head, InputStream body) implements AutoCloseable {

        /** Ends the exchange. A body that was not read to its end is aborted. */
        @Override
        public void close() throws IOException {
            body.close();
        }
    }

    /** Sends a request that has the total timeout, and waits for the head of its response. The caller closes the reply. */
    public Reply send(Call call) throws AttemptFailedException {
        return send(call, settings.totalTimeout());
    }

    /**
     * Sends a request and waits for the head of its response. The caller closes the reply.
     *
     * @param longest the longest time until the response is read to its end, if the settings do not limit it more
     */
    public Reply send(Call call, Duration longest) throws AttemptFailedException {
        long millis = Math.max(1, Math.min(longest.toMillis(), settings.totalTimeout().toMillis()));
        Request request = client.newRequest(call.url()).method(call.method())
                .headers(headers -> call.headers().forEach(headers::put)).timeout(millis, TimeUnit.MILLISECONDS);
        Request.Content body = call.body();
        if (body != null) {
            request.body(body);
            // a body that was not sent to its end still has buffers
            if (body instanceof SourceContent source) {
                request.onComplete(_ -> source.close());
            }
        }
        UpstreamTimeouts timeouts = new UpstreamTimeouts(request, client.getScheduler(), settings.idleTimeout(),
                settings.firstByteTimeout());
        request.onRequestBegin(timeouts::requestStarted).onRequestContent((_, _) -> timeouts.bytesSent())
                .onRequestSuccess(timeouts::requestSent);
        try {
            ReceivedResponse received = new ReceivedResponse();
            request.send(received);
            Response response = head(received, request, timeouts);
            timeouts.responseStarted();
            return reply(response, timeouts.watch(request, received));
        } catch (RuntimeException | AttemptFailedException e) {
            timeouts.cancel();
            throw e;
        }
    }

    private static Reply reply(Response response, InputStream answer) throws AttemptFailedException {
        try {
            return new Reply(response, ResponseBody.decoded(response.getHeaders(), answer));
        } catch (IOException e) {
            try (answer) {
                throw brokenOff(e);
            } catch (IOException closing) {
                e.addSuppressed(closing);
                throw brokenOff(e);
            }
        }
    }

    /** The failure of an edit whose response broke off. An interrupt is passed on as such. */
    public static AttemptFailedException brokenOff(IOException cause) {
        if (Thread.currentThread().isInterrupted()) {
            throw new UpstreamInterruptedException(cause);
        }
        return new AttemptFailedException(
                new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).withCause(cause).afterDispatch(),
                RetryScope.NONE, AttemptOutcome.BROKEN_OFF);
    }

    /** Waits for the head of the response. The timeouts of the request end the wait. */
    private Response head(ReceivedResponse received, Request request, UpstreamTimeouts timeouts)
            throws AttemptFailedException {
        try {
            return received.head(settings.totalTimeout().toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            RequestAbort.of(request, e);
            throw timedOut(e);
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause(), timeouts);
        } catch (InterruptedException e) {
            RequestAbort.of(request, e);
            Thread.currentThread().interrupt();
            throw new UpstreamInterruptedException(e);
        }
    }

    private static AttemptFailedException failure(Throwable cause, UpstreamTimeouts timeouts) {
        if (!timeouts.hasStarted()) {
            return new AttemptFailedException(new ApiException(ErrorMessage.UPSTREAM_IS_UNREACHABLE).withCause(cause),
                    cause instanceof TimeoutException ? RetryScope.NONE : RetryScope.ANY_UPSTREAM,
                    AttemptOutcome.UNREACHABLE);
        }
        if (Http2Failures.isRefusedStream(cause)) {
            return new AttemptFailedException(new ApiException(ErrorMessage.UPSTREAM_IS_OVERLOADED).withCause(cause),
                    RetryScope.ANY_UPSTREAM, AttemptOutcome.OVERLOADED);
        }
        if (Http2Failures.isUnprocessedStream(cause)) {
            return new AttemptFailedException(new ApiException(ErrorMessage.UPSTREAM_IS_UNREACHABLE).withCause(cause),
                    RetryScope.ANY_UPSTREAM, AttemptOutcome.UNREACHABLE);
        }
        return cause instanceof TimeoutException
                ? timedOut(cause)
                : new AttemptFailedException(
                        new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).withCause(cause).afterDispatch(),
                        RetryScope.NONE, AttemptOutcome.FAILED);
    }

    private static AttemptFailedException timedOut(Throwable cause) {
        return new AttemptFailedException(
                new ApiException(ErrorMessage.UPSTREAM_TIMED_OUT).withCause(cause).afterDispatch(),
                RetryScope.NONE, AttemptOutcome.TIMED_OUT);
    }

    @Override
    public void close() {
        try {
            client.stop();
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client for " + settings.url().getHost() + " does not stop", e);
        }
    }
}
