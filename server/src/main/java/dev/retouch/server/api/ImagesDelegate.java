package dev.retouch.server.api;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.core.StreamingOutput;

import org.glassfish.jersey.media.multipart.FormDataMultiPart;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.answer.EditResponse;
import dev.retouch.server.contract.ImagesApiService;
import dev.retouch.server.contract.model.ImageEditJson;
import dev.retouch.server.edit.EditRequest;
import dev.retouch.server.edit.EditService;
import dev.retouch.server.edit.TestOutcome;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.idempotency.IdempotencyKey;
import dev.retouch.server.idempotency.IdempotentEditService;
import dev.retouch.server.intake.EditRequestReader;
import dev.retouch.server.key.ApiPrincipal;

/**
 * Implements {@code POST /v1/images/edits} for both request forms: reads the body, runs the pipeline and writes the
 * response.
 */
public final class ImagesDelegate implements ImagesApiService {

    private final EditRequestReader bodies;
    private final EditService edits;
    private final IdempotentEditService idempotent;
    private final TasksDelegate tasks;
    private final Optional<URI> publicUrl;

    /**
     * Creates the delegate. Signed URLs begin with the public URL, or with the host that the client addressed.
     *
     * @param idempotent runs edits with an idempotency key
     * @param tasks runs edits with {@code Prefer: respond-async}
     */
    public ImagesDelegate(EditRequestReader bodies, EditService edits, IdempotentEditService idempotent,
            TasksDelegate tasks,
            Optional<URI> publicUrl) {
        this.bodies = bodies;
        this.edits = edits;
        this.idempotent = idempotent;
        this.tasks = tasks;
        this.publicUrl = publicUrl;
    }

    @Override
    public Response createImageEditWithFormData(@Nullable String idempotencyKey, @Nullable String prefer,
            @Nullable String retouchTest, FormDataMultiPart form, ContainerRequestContext request) {
        return edit(bodies.of(form), request);
    }

    @Override
    public Response createImageEditWithJson(ImageEditJson document, @Nullable String idempotencyKey,
            @Nullable String prefer, @Nullable String retouchTest,
            ContainerRequestContext request) {
        return edit(bodies.of(document, request), request);
    }

    private Response edit(EditRequest sent, ContainerRequestContext request) {
        String outcome = request.getHeaderString(TestOutcome.HEADER);
        EditRequest edit = outcome == null ? sent : sent.withTestOutcome(outcome);
        Exchange exchange = Exchange.of(request);
        ApiPrincipal principal = AuthenticationFilter.principalOf(request);
        URI linkBase = publicUrl.orElseGet(() -> request.getUriInfo().getBaseUri());
        Optional<IdempotencyKey> key = Optional.ofNullable(request.getHeaderString(IdempotencyKey.HEADER))
                .map(value -> new IdempotencyKey(principal.key().rootKeyId(), value));
        if (takesTrailers(request.getHeaderString("TE"))) {
            exchange.allowTrailers();
        }
        PreferHeader preferences = PreferHeader.of(request.getHeaderString("Prefer"));
        if (preferences.respondAsync()) {
            return tasks.submit(edit, preferences, key, linkBase, request);
        }
        EditResponse answer = key.map(idempotent::under).orElse(edits).edit(edit, principal, exchange, linkBase);
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

    /** RFC 9110, section 10.1.4: the keyword may have company, such as a transfer coding with its weight. */
    private static boolean takesTrailers(@Nullable String te) {
        return te != null && Stream.of(te.split(",")).anyMatch(word -> word.strip().equalsIgnoreCase("trailers"));
    }

    /** Jersey completes a response even if writing fails, so the failure is recorded in the exchange. */
    private static void write(EditResponse answer, OutputStream out, Exchange exchange) throws IOException {
        try {
            exchange.addTrailers(answer.body().writeTo(new ResponseOutputStream(out, exchange)));
        } catch (IOException | RuntimeException e) {
            exchange.abort(e);
            throw e;
        }
    }
}
