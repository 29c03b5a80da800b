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

import dev.retouch.server.api.ErrorMapper.ErrorAnswer;
import dev.retouch.server.api.ErrorMapper.RequestLine;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.exchange.Cancellation.Reason;
import dev.retouch.server.exchange.Exchange;

/** Maps each exception within Jersey with {@link ErrorMapper}. */
public final class ThrowableExceptionMapper implements ExceptionMapper<Throwable> {

    private final ErrorMapper envelopes;

    /** Jersey injects access to the current request; a mapper has no other way to it. */
    @Inject
    private @Nullable Provider<ContainerRequestContext> request;

    public ThrowableExceptionMapper(ErrorMapper envelopes) {
        this.envelopes = envelopes;
    }

    @Override
    public Response toResponse(Throwable failure) {
        ContainerRequestContext current = Objects.requireNonNull(request).get();
        Exchange.of(current).record().failed(failure);
        if (failure instanceof CanceledException canceled && canceled.reason() == Reason.CLIENT_GONE) {
            Exchange.of(current).abandon();
        }
        ErrorAnswer answer = envelopes.answer(failure, new RequestLine(Exchange.of(current).id(), current.getMethod(),
                "/" + current.getUriInfo().getPath(false),
                Objects.requireNonNullElse(current.getHeaderString(HttpHeaders.CONTENT_TYPE), "")));
        Response.ResponseBuilder response = Response.status(answer.status()).type(MediaType.APPLICATION_JSON_TYPE)
                .entity(answer.body().getBytes(StandardCharsets.UTF_8));
        answer.headers().forEach(response::header);
        return response.build();
    }
}
