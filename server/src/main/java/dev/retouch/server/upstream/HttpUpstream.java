package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

import com.fasterxml.jackson.databind.ObjectMapper;
import org.eclipse.jetty.client.HttpClient;
import org.eclipse.jetty.client.InputStreamResponseListener;
import org.eclipse.jetty.client.Request;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;

import dev.retouch.server.config.UpstreamSettings;
import dev.retouch.server.config.UpstreamSettings.JsonEdits;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.secret.Secret;

/** An OpenAI-compatible provider behind HTTP, asked once for each edit. */
public final class HttpUpstream implements Upstream, Tries, AutoCloseable {

    private final UpstreamSettings settings;
    private final Secret key;
    private final HttpClient client;
    private final UpstreamErrors errors;
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * Connects.
     *
     * @param settings where it is and how to speak to it
     * @param key the key that the provider knows
     * @param clock the time, for what it says about when to come again
     */
    public HttpUpstream(UpstreamSettings settings, Secret key, Clock clock) {
        this.settings = settings;
        this.key = key;
        this.errors = new UpstreamErrors(new Told(key), clock);
        this.client = Connections.of(settings);
        try {
            client.start();
            Connections.finish(client);
        } catch (Exception e) {
            throw new IllegalStateException("The HTTP client for " + settings.url().getHost() + " does not start", e);
        }
    }

    @Override
    public UpstreamAnswer edit(OutgoingEdit edit) {
        try {
            return attempt(edit);
        } catch (FailedTryException e) {
            throw e.told();
        }
    }

    @Override
    public UpstreamAnswer attempt(OutgoingEdit edit) throws FailedTryException {
        Request request = client.POST(settings.url() + "/images/edits")
                .headers(headers -> {
                    headers.put(HttpHeader.ACCEPT, "application/json, text/event-stream");
                    headers.put("x-client-request-id", edit.requestId());
                    key.value().ifPresent(value -> headers.put(HttpHeader.AUTHORIZATION, "Bearer " + value));
                })
                .timeout(settings.totalTimeout().toMillis(), TimeUnit.MILLISECONDS)
                .body(content(edit));
        Patience patience = new Patience(request, client.getScheduler(), settings.idleTimeout(),
                settings.firstByteTimeout());
        request.onRequestBegin(patience::begun).onRequestContent((_, _) -> patience.sent())
                .onRequestSuccess(patience::waiting);
        try {
            return send(request, patience);
        } catch (RuntimeException | FailedTryException e) {
            patience.end();
            throw e;
        }
    }

    private Request.Content content(OutgoingEdit edit) {
        String model = settings.models().getOrDefault(edit.model().id(), edit.model().usual());
        Map<String, String> parameters = new LinkedHashMap<>(edit.parameters());
        if (!settings.streams()) {
            parameters.remove("stream");
            parameters.remove("partial_images");
        }
        return switch (edit) {
            case LinkedEdit linked -> EditDocument.of(linked, model, parameters, mapper);
            case UpstreamEdit atHand -> atHand.json() && settings.jsonEdits() == JsonEdits.JSON
                    ? EditDocument.of(atHand, model, parameters, mapper)
                    : EditForm.of(atHand, model, parameters);
        };
    }

    private UpstreamAnswer send(Request request, Patience patience) throws FailedTryException {
        InputStreamResponseListener listener = new InputStreamResponseListener();
        request.send(listener);
        Response response = head(listener, request, patience);
        patience.answered();
        InputStream answer = patience.watch(request, listener.getInputStream());
        String type = response.getHeaders().get(HttpHeader.CONTENT_TYPE);
        boolean json = type != null && type.startsWith("application/json");
        boolean events = type != null && type.startsWith("text/event-stream");
        if (response.getStatus() == HttpStatus.OK_200 && (json || events)) {
            return new UpstreamAnswer(events, length(response), errors.requestId(response), answer);
        }
        try (answer) {
            throw errors.translated(response, json, answer);
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new UpstreamInterruptedException(e);
            }
            throw new FailedTryException(
                    new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(e).afterSending(),
                    Again.NEVER, Outcome.BROKEN_OFF);
        }
    }

    private static OptionalLong length(Response response) {
        long length = response.getHeaders().getLongField(HttpHeader.CONTENT_LENGTH);
        return length < 0 ? OptionalLong.empty() : OptionalLong.of(length);
    }

    /** Waits for the head of the answer. What ends the waiting is the request's own timeouts. */
    private Response head(InputStreamResponseListener listener, Request request, Patience patience)
            throws FailedTryException {
        try {
            return listener.get(settings.totalTimeout().toMillis() * 2, TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            Aborted.of(request, e);
            throw timedOut(e);
        } catch (ExecutionException e) {
            throw failure(e.getCause() == null ? e : e.getCause(), patience);
        } catch (InterruptedException e) {
            Aborted.of(request, e);
            Thread.currentThread().interrupt();
            throw new UpstreamInterruptedException(e);
        }
    }

    private static FailedTryException failure(Throwable cause, Patience patience) {
        if (!patience.hasBegun()) {
            return new FailedTryException(new ApiException(ErrorMessage.UPSTREAM_IS_UNREACHABLE).because(cause),
                    cause instanceof TimeoutException ? Again.NEVER : Again.ANYWHERE, Outcome.UNREACHABLE);
        }
        return cause instanceof TimeoutException
                ? timedOut(cause)
                : new FailedTryException(
                        new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).because(cause).afterSending(),
                        Again.NEVER, Outcome.FAILED);
    }

    private static FailedTryException timedOut(Throwable cause) {
        return new FailedTryException(new ApiException(ErrorMessage.UPSTREAM_TIMED_OUT).because(cause).afterSending(),
                Again.NEVER, Outcome.TIMED_OUT);
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
