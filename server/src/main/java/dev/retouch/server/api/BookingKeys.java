package dev.retouch.server.api;

import java.util.Optional;

import jakarta.ws.rs.core.Response;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.billing.RequestReusedException;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.idempotency.IdempotencyKey;

/** The idempotency keys of administrative operations on money: what is sent again with one is booked once. */
final class BookingKeys {

    private static final String ADMINISTRATION = "administration";

    private BookingKeys() {}

    /** Returns the id of a request, which must have the form that the contract states. */
    static Optional<String> of(@Nullable String header) {
        return Optional.ofNullable(header).map(text -> new IdempotencyKey(ADMINISTRATION, text.strip()).value());
    }

    /** Returns the id of a request that must have one. */
    static String required(@Nullable String header) {
        return of(header).orElseThrow(
                () -> new ApiException(ErrorMessage.PARAMETER_IS_MISSING, IdempotencyKey.HEADER));
    }

    /** Adds the header that marks a replayed response. */
    static Response.ResponseBuilder marked(Response.ResponseBuilder response, boolean replayed) {
        return replayed ? response.header("idempotent-replayed", "true") : response;
    }

    static ApiException reused(RequestReusedException failure) {
        return new ApiException(ErrorMessage.CHANGE_IS_IN_CONFLICT, IdempotencyKey.HEADER).withArgument("reason",
                String.valueOf(failure.getMessage()));
    }
}
