package dev.retouch.server.api;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

import org.glassfish.jersey.media.multipart.FormDataMultiPart;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.ImagesApiService;
import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.edit.EditAnswer;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.Edits;
import dev.retouch.server.idempotency.IdempotencyKey;
import dev.retouch.server.idempotency.IdempotentEdits;
import dev.retouch.server.intake.Exchange;
import dev.retouch.server.key.Caller;

/** {@code POST /v1/images/edits}, in both forms: read the body, let the pipeline edit, write the answer. */
public final class ImagesDelegate implements ImagesApiService {

    private final EditBodies bodies;
    private final Edits edits;
    private final IdempotentEdits idempotent;
    private final TasksDelegate tasks;
    private final Optional<URI> publicUrl;

    /**
     * Edits with these; links point to the public URL, or to wherever the caller reached us.
     *
     * @param idempotent for requests with a key
     * @param tasks for those that do not wait
     */
    public ImagesDelegate(EditBodies bodies, Edits edits, IdempotentEdits idempotent, TasksDelegate tasks,
            Optional<URI> publicUrl) {
        this.bodies = bodies;
        this.edits = edits;
        this.idempotent = idempotent;
        this.tasks = tasks;
        this.publicUrl = publicUrl;
    }

    @Override
    public Response createImageEditWithFormData(@Nullable String idempotencyKey, @Nullable String prefer,
            FormDataMultiPart form, ContainerRequestContext request) {
        return edit(bodies.of(form), request);
    }

    @Override
    public Response createImageEditWithJson(ImageEditJson document, @Nullable String idempotencyKey,
            @Nullable String prefer,
            ContainerRequestContext request) {
        return edit(bodies.of(document, request), request);
    }

    private Response edit(EditRequest edit, ContainerRequestContext request) {
        Exchange exchange = Exchange.of(request);
        Caller caller = Doorkeeper.callerOf(request);
        URI linkBase = publicUrl.orElseGet(() -> request.getUriInfo().getBaseUri());
        Optional<IdempotencyKey> key = Optional.ofNullable(request.getHeaderString(IdempotencyKey.HEADER))
                .map(value -> new IdempotencyKey(caller.key().account(), value));
        Preferences preferences = Preferences.of(request.getHeaderString("Prefer"));
        if (preferences.respondAsync()) {
            return tasks.submit(edit, preferences, key, linkBase, request);
        }
        EditAnswer answer = key.map(idempotent::under).orElse(edits).edit(edit, caller, exchange, linkBase);
        StreamingOutput body = out -> write(answer, out, exchange);
        Response.ResponseBuilder response = Response.ok(body).type(
                answer.streamed() ? MediaType.SERVER_SENT_EVENTS_TYPE : MediaType.APPLICATION_JSON_TYPE);
        answer.headers().forEach(response::header);
        if (answer.streamed()) {
            response.header("cache-control", "no-cache").header("x-accel-buffering", "no");
        }
        long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - exchange.startNanos());
        return response.header("openai-processing-ms", millis).build();
    }

    /** Jersey ends an answer in good order whatever happens to it; so the exchange has to know. */
    private static void write(EditAnswer answer, OutputStream out, Exchange exchange) throws IOException {
        try {
            exchange.tellAtTheEnd(answer.body().writeTo(out));
        } catch (IOException | RuntimeException e) {
            exchange.breakOff(e);
            throw e;
        }
    }
}
