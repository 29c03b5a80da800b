package dev.retouch.server.api;

import java.nio.charset.StandardCharsets;

import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.Context;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.api.Envelopes.ErrorAnswer;
import dev.retouch.server.intake.Exchange;

/** Hands every failure inside Jersey to {@link Envelopes}. */
public final class FailureMapper implements ExceptionMapper<Throwable> {

    private final Envelopes envelopes;

    /** Jersey puts a proxy of the current request here. */
    @Context
    private @Nullable ContainerRequestContext request;

    /** Maps with these envelopes. */
    public FailureMapper(Envelopes envelopes) {
        this.envelopes = envelopes;
    }

    @Override
    public Response toResponse(Throwable failure) {
        ContainerRequestContext current = request;
        if (current == null) {
            throw new IllegalStateException("a failure without a request", failure);
        }
        ErrorAnswer answer = envelopes.answer(failure, Exchange.of(current).id(), current.getMethod(),
                "/" + current.getUriInfo().getPath(false));
        Response.ResponseBuilder response = Response.status(answer.status()).type(MediaType.APPLICATION_JSON_TYPE)
                .entity(answer.body().getBytes(StandardCharsets.UTF_8));
        answer.headers().forEach(response::header);
        return response.build();
    }
}
