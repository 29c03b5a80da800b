package dev.retouch.server.api;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.NotSupportedException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.admission.ServerOverloadedException;
import dev.retouch.server.contract.model.ErrorEnvelope;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.database.DatabaseUnavailableException;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.error.ErrorEnvelopes;
import dev.retouch.server.error.ErrorRule;
import dev.retouch.server.error.ReplayedErrorException;
import dev.retouch.server.error.SentError;
import dev.retouch.server.error.UpstreamRefusalException;
import dev.retouch.server.exchange.CanceledException;
import dev.retouch.server.intake.ClientDisconnectedException;
import dev.retouch.server.key.AdministrationException;
import dev.retouch.server.storage.StorageException;

/**
 * Maps every failure to an error response: status, headers and envelope. An unexpected exception becomes a 500 with
 * the request id; its message is logged and never sent.
 */
public final class ErrorMapper {

    private static final Logger LOG = LoggerFactory.getLogger(ErrorMapper.class);

    /** Fields of administration that the contract names differently. */
    private static final Map<String, String> FIELDS = Map.of("id", "key", "expires", "expires_at",
            "grace", "grace_seconds");

    private static final RequestLine EDIT = new RequestLine("", HttpMethod.POST, "/v1/images/edits", "");

    /** The status of an upstream's refusal. */
    private static final int REFUSED = 400;

    private final ErrorCatalogue catalogue;
    private final ErrorEnvelopes documents;
    private final ObjectMapper mapper = new ObjectMapper();

    /**
     * Creates the mapper.
     *
     * @param documents creates the envelopes
     */
    public ErrorMapper(ErrorCatalogue catalogue, ErrorEnvelopes documents) {
        this.catalogue = catalogue;
        this.documents = documents;
    }

    /**
     * An error response.
     *
     * @param status HTTP status
     * @param headers headers besides {@code Content-Type}
     * @param body envelope as JSON
     */
    public record ErrorAnswer(int status, Map<String, String> headers, String body) {}

    /**
     * Facts about a request that a message may contain.
     *
     * @param requestId request id
     * @param method HTTP method
     * @param path path without the query
     * @param contentType content type of the body as sent
     */
    public record RequestLine(String requestId, String method, String path, String contentType) {}

    /**
     * Returns the response to a failure.
     *
     * @param failure exception
     * @param about the failed request
     */
    public ErrorAnswer answer(Throwable failure, RequestLine about) {
        String requestId = about.requestId();
        return switch (failure) {
            case UpstreamRefusalException relayed -> relayed(relayed);
            case ReplayedErrorException again -> new ErrorAnswer(again.status(), again.headers(), again.body());
            case NotAllowedException e -> notAllowed(e, about);
            default -> translated(failure, about).map(known -> known(known, requestId))
                    .orElseGet(() -> unknown(failure, requestId));
        };
    }

    /**
     * Returns the rule of the error that the client of a failed edit gets. Empty if the error is not the gateway's: an upstream's refusal,
     * or a stored response.
     */
    public Optional<ErrorRule> ruleOf(Throwable failure) {
        return failure instanceof UpstreamRefusalException || failure instanceof ReplayedErrorException
                ? Optional.empty()
                : Optional.of(catalogue.ruleOf(translated(failure, EDIT)
                        .orElseGet(() -> new ApiException(ErrorMessage.GATEWAY_MADE_A_MISTAKE))));
    }

    /** Returns the failure as a message of the contract; empty for an unexpected exception. */
    private static Optional<ApiException> translated(Throwable failure, RequestLine about) {
        return Optional.ofNullable(switch (failure) {
            case ApiException known -> known;
            case NotFoundException e -> new ApiException(ErrorMessage.PATH_DOES_NOT_EXIST)
                    .withArgument("method", about.method()).withArgument("path", about.path());
            case NotAcceptableException e -> new ApiException(ErrorMessage.ANSWER_IS_NOT_ACCEPTABLE)
                    .withArgument("supported", "application/json or text/event-stream");
            case NotSupportedException e -> new ApiException(ErrorMessage.CONTENT_TYPE_IS_NOT_SUPPORTED)
                    .withArgument("type", about.contentType());
            case DatabaseUnavailableException e -> new ApiException(ErrorMessage.DATABASE_IS_UNAVAILABLE).withCause(e);
            case UncheckedIOException e when StorageException.isIn(e) -> new ApiException(
                    ErrorMessage.OBJECT_STORE_IS_UNAVAILABLE).withCause(e);
            case ServerOverloadedException e -> new ApiException(ErrorMessage.SERVER_IS_FULL)
                    .withArgument("seconds", Math.max(1, e.retryAfter().toSeconds())).retryAfter(e.retryAfter());
            case AdministrationException e -> administration(e);
            case ClientDisconnectedException e -> new ApiException(ErrorMessage.REQUEST_IS_MALFORMED)
                    .withArgument("reason", "it ended before its announced length");
            case CanceledException e -> canceled(e);
            default -> null;
        });
    }

    /** Returns the error that the client of a failed edit gets, for administrators. */
    public SentError sent(Throwable failure, String requestId) {
        if (failure instanceof UpstreamRefusalException refusal) {
            return new SentError(REFUSED, documents.of(refusal).getError());
        }
        ApiException known = translated(failure, EDIT).orElseGet(
                () -> new ApiException(ErrorMessage.GATEWAY_MADE_A_MISTAKE).withArgument("request", requestId));
        return new SentError(catalogue.ruleOf(known).status(), documents.of(known).getError());
    }

    /** Returns the error response of a failed edit, to store and replay it. */
    public ReplayedErrorException render(Throwable failure, String requestId) {
        ErrorAnswer answer = answer(failure,
                new RequestLine(requestId, EDIT.method(), EDIT.path(), EDIT.contentType()));
        return new ReplayedErrorException(answer.status(), answer.headers(), answer.body());
    }

    private static ApiException administration(AdministrationException e) {
        ErrorMessage message = switch (e.kind()) {
            case NOT_FOUND -> "id".equals(e.field())
                    ? ErrorMessage.KEY_DOES_NOT_EXIST
                    : ErrorMessage.GROUP_DOES_NOT_EXIST;
            case CONFLICT -> ErrorMessage.CHANGE_IS_IN_CONFLICT;
            case INVALID -> ErrorMessage.VALUE_IS_INVALID;
        };
        return new ApiException(message, FIELDS.getOrDefault(e.field(), e.field())).withArgument("reason",
                String.valueOf(e.getMessage()).replaceFirst("\\.$", ""));
    }

    /** A disconnected client rarely reads the response; only a half-closed connection delivers it. */
    private static ApiException canceled(CanceledException e) {
        return switch (e.reason()) {
            case STOPPING -> new ApiException(ErrorMessage.EDIT_WAS_STOPPED);
            case CLIENT_GONE -> new ApiException(ErrorMessage.REQUEST_IS_MALFORMED).withArgument("reason",
                    "the connection was closed before the answer");
            case CANCELED -> new ApiException(ErrorMessage.REQUEST_IS_MALFORMED).withArgument("reason",
                    "it was canceled before its answer");
        };
    }

    /** Returns the response to a request during shutdown. */
    public ErrorAnswer stopping(String requestId) {
        return known(new ApiException(ErrorMessage.SERVER_IS_STOPPING), requestId);
    }

    /** Returns the response to a request that Jetty could not parse. */
    public ErrorAnswer unreadable(int status, String reason, String requestId) {
        ErrorAnswer answer = known(new ApiException(ErrorMessage.REQUEST_IS_MALFORMED).withArgument("reason", reason),
                requestId);
        return new ErrorAnswer(status, answer.headers(), answer.body());
    }

    private ErrorAnswer known(ApiException failure, String requestId) {
        ErrorRule rule = catalogue.ruleOf(failure);
        if (failure.getCause() != null) {
            LOG.info("request failed code={} request={} cause=\"{}\"", rule.code(), requestId,
                    failure.getCause().toString());
        }
        Map<String, String> headers = new LinkedHashMap<>(failure.headers());
        headers.put("x-should-retry", Boolean.toString(rule.retry()));
        Duration delay = failure.retryAfter().orElse(rule.retryAfter());
        if (rule.retry() && delay != null) {
            headers.put("retry-after", Long.toString(Math.max(1, delay.plusMillis(999).toSeconds())));
        }
        if (rule.status() == 401) {
            headers.put("www-authenticate", "Bearer");
        }
        return new ErrorAnswer(rule.status(), headers, written(documents.of(failure)));
    }

    private ErrorAnswer relayed(UpstreamRefusalException refusal) {
        Map<String, String> headers = new LinkedHashMap<>(refusal.headers());
        headers.put("x-should-retry", "false");
        return new ErrorAnswer(REFUSED, headers, written(documents.of(refusal)));
    }

    private ErrorAnswer notAllowed(NotAllowedException e, RequestLine about) {
        String allowed = e.getResponse().getHeaderString("Allow");
        String methods = allowed == null ? HttpMethod.GET : allowed.replace(",", ", ").replaceAll(" +", " ");
        ErrorAnswer answer = known(
                new ApiException(ErrorMessage.METHOD_IS_NOT_ALLOWED).withArgument("method", about.method())
                        .withArgument("path", about.path()).withArgument("allowed", methods),
                about.requestId());
        Map<String, String> headers = new LinkedHashMap<>(answer.headers());
        headers.put("allow", methods);
        return new ErrorAnswer(answer.status(), headers, answer.body());
    }

    private ErrorAnswer unknown(Throwable failure, String requestId) {
        LOG.error("unexpected failure request={}", requestId, failure);
        return known(new ApiException(ErrorMessage.GATEWAY_MADE_A_MISTAKE).withArgument("request", requestId),
                requestId);
    }

    private String written(ErrorEnvelope envelope) {
        try {
            return mapper.writeValueAsString(envelope);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("cannot write an envelope", e);
        }
    }
}
