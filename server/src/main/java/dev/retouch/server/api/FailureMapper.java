package dev.retouch.server.api;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

import jakarta.inject.Inject;
import jakarta.inject.Provider;
import jakarta.ws.rs.container.ContainerRequestContext;
import jakarta.ws.rs.core.HttpHeaders;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.Response;
import jakarta.ws.rs.ext.ExceptionMapper;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.api.Envelopes.ErrorAnswer;
import dev.retouch.server.api.Envelopes.RequestLine;
import dev.retouch.server.intake.Exchange;

/** Hands every failure inside Jersey to {@link Envelopes}. */
public final class FailureMapper implements ExceptionMapper<Throwable> {

    private final Envelopes envelopes;

    /** Jersey puts the way to the current request here; a mapper gets nothing else to know it by. */
    @Inject
    private @Nullable Provider<ContainerRequestContext> request;

    /** Maps with these envelopes. */
    public FailureMapper(Envelopes envelopes) {
        this.envelopes = envelopes;
    }

    @Override
    public Response toResponse(Throwable failure) {
        ContainerRequestContext current = Objects.requireNonNull(request).get();
        ErrorAnswer answer = envelopes.answer(failure, new RequestLine(Exchange.of(current).id(), current.getMethod(),
                "/" + current.getUriInfo().getPath(false),
                Objects.requireNonNullElse(current.getHeaderString(HttpHeaders.CONTENT_TYPE), "")));
        Response.ResponseBuilder response = Response.status(answer.status()).type(MediaType.APPLICATION_JSON_TYPE)
                .entity(answer.body().getBytes(StandardCharsets.UTF_8));
        answer.headers().forEach(response::header);
        return response.build();
    }
}
