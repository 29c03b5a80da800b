package dev.retouch.server.api;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

import jakarta.ws.rs.HttpMethod;
import jakarta.ws.rs.NotAcceptableException;
import jakarta.ws.rs.NotAllowedException;
import jakarta.ws.rs.NotFoundException;
import jakarta.ws.rs.NotSupportedException;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

import dev.retouch.server.admission.ServerFullException;
import dev.retouch.server.contract.model.ErrorEnvelope;
import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.ErrorCatalogue;
import dev.retouch.server.error.ErrorDocuments;
import dev.retouch.server.error.ErrorRule;
import dev.retouch.server.error.RelayedErrorException;
import dev.retouch.server.error.RepeatedErrorException;
import dev.retouch.server.intake.CanceledException;
import dev.retouch.server.intake.ClientGoneException;
import dev.retouch.server.key.AdministrationException;
import dev.retouch.server.store.DatabaseAwayException;

/**
 * The only place where a failure becomes an answer: status, headers, and the one envelope. What nobody expected becomes a
 * 500 with the request's id; its own text goes to the log and never to the caller.
 */
public final class Envelopes {

    private static final Logger LOG = LoggerFactory.getLogger(Envelopes.class);

    /** Fields of administration that the contract calls something else. */
    private static final Map<String, String> FIELDS = Map.of("id", "key", "room", "limits", "expires", "expires_at",
            "grace", "grace_seconds");

    private final ErrorCatalogue catalogue;
    private final ErrorDocuments documents;
    private final ObjectMapper mapper = new ObjectMapper();

    /** Envelopes by the contract's catalogue, written as these documents. */
    public Envelopes(ErrorCatalogue catalogue, ErrorDocuments documents) {
        this.catalogue = catalogue;
        this.documents = documents;
    }

    /**
     * An answer that is an error.
     *
     * @param status the HTTP status
     * @param headers beside the content type
     * @param body the envelope, as JSON
     */
    public record ErrorAnswer(int status, Map<String, String> headers, String body) {}

    /**
     * What messages may say about a request.
     *
     * @param requestId its id
     * @param method its method
     * @param path its path, without the query
     * @param contentType the type of its body, as it was sent
     */
    public record RequestLine(String requestId, String method, String path, String contentType) {}

    /**
     * The answer to a failure.
     *
     * @param failure what happened
     * @param about the request that it happened to
     */
    public ErrorAnswer answer(Throwable failure, RequestLine about) {
        String requestId = about.requestId();
        return switch (failure) {
            case ApiException known -> known(known, requestId);
            case RelayedErrorException relayed -> relayed(relayed);
            case RepeatedErrorException again -> new ErrorAnswer(again.status(), again.headers(), again.body());
            case NotFoundException e -> known(
                    new ApiException(ErrorMessage.PATH_DOES_NOT_EXIST).with("method", about.method()).with("path",
                            about.path()),
                    requestId);
            case NotAllowedException e -> notAllowed(e, about);
            case NotAcceptableException e -> known(new ApiException(ErrorMessage.ANSWER_IS_NOT_ACCEPTABLE)
                    .with("supported", "application/json or text/event-stream"), requestId);
            case NotSupportedException e -> known(new ApiException(ErrorMessage.CONTENT_TYPE_IS_NOT_SUPPORTED)
                    .with("type", about.contentType()), requestId);
            case DatabaseAwayException e -> known(new ApiException(ErrorMessage.STORAGE_IS_AWAY).because(e), requestId);
            case ServerFullException e -> known(new ApiException(ErrorMessage.SERVER_IS_FULL)
                    .with("seconds", Math.max(1, e.retryAfter().toSeconds())).retryAfter(e.retryAfter()), requestId);
            case AdministrationException e -> known(administration(e), requestId);
            case ClientGoneException e -> known(new ApiException(ErrorMessage.REQUEST_IS_MALFORMED).with("reason",
                    "it ended before its announced length"), requestId);
            case CanceledException e -> known(canceled(e), requestId);
            default -> unknown(failure, requestId);
        };
    }

    /** The answer to the failure of an edit, to be kept and given later. */
    public RepeatedErrorException told(Throwable failure, String requestId) {
        ErrorAnswer answer = answer(failure, new RequestLine(requestId, HttpMethod.POST, "/v1/images/edits", ""));
        return new RepeatedErrorException(answer.status(), answer.headers(), answer.body());
    }

    private static ApiException administration(AdministrationException e) {
        ErrorMessage message = switch (e.kind()) {
            case NOT_FOUND -> "id".equals(e.field())
                    ? ErrorMessage.KEY_DOES_NOT_EXIST
                    : ErrorMessage.GROUP_DOES_NOT_EXIST;
            case CONFLICT -> ErrorMessage.CHANGE_IS_IN_CONFLICT;
            case INVALID -> ErrorMessage.VALUE_IS_INVALID;
        };
        return new ApiException(message, FIELDS.getOrDefault(e.field(), e.field())).with("reason",
                String.valueOf(e.getMessage()).replaceFirst("\\.$", ""));
    }

    /** Nobody is left to read the answer to a client that went away; half-closed connections are the exception. */
    private static ApiException canceled(CanceledException e) {
        return switch (e.reason()) {
            case STOPPING -> new ApiException(ErrorMessage.EDIT_WAS_STOPPED);
            case CLIENT_GONE -> new ApiException(ErrorMessage.REQUEST_IS_MALFORMED).with("reason",
                    "the connection was closed before the answer");
            case CANCELED -> new ApiException(ErrorMessage.REQUEST_IS_MALFORMED).with("reason",
                    "it was canceled before its answer");
        };
    }

    /** The answer to a request that comes when none is taken any more. */
    public ErrorAnswer stopping(String requestId) {
        return known(new ApiException(ErrorMessage.SERVER_IS_STOPPING), requestId);
    }

    /** The answer to a request that never got as far as a path. */
    public ErrorAnswer unreadable(int status, String reason, String requestId) {
        ErrorAnswer answer = known(new ApiException(ErrorMessage.REQUEST_IS_MALFORMED).with("reason", reason),
                requestId);
        return new ErrorAnswer(status, answer.headers(), answer.body());
    }

    private ErrorAnswer known(ApiException failure, String requestId) {
        ErrorRule rule = catalogue.ruleOf(failure);
        if (failure.getCause() != null) {
            LOG.info("refused code={} request={} cause={}", rule.code(), requestId, failure.getCause().toString());
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

    private ErrorAnswer relayed(RelayedErrorException refusal) {
        Map<String, String> headers = new LinkedHashMap<>(refusal.headers());
        headers.put("x-should-retry", "false");
        return new ErrorAnswer(400, headers, written(documents.of(refusal)));
    }

    private ErrorAnswer notAllowed(NotAllowedException e, RequestLine about) {
        String allowed = e.getResponse().getHeaderString("Allow");
        String methods = allowed == null ? HttpMethod.GET : allowed.replace(",", ", ").replaceAll(" +", " ");
        ErrorAnswer answer = known(new ApiException(ErrorMessage.METHOD_IS_NOT_ALLOWED).with("method", about.method())
                .with("path", about.path()).with("allowed", methods), about.requestId());
        Map<String, String> headers = new LinkedHashMap<>(answer.headers());
        headers.put("allow", methods);
        return new ErrorAnswer(answer.status(), headers, answer.body());
    }

    private ErrorAnswer unknown(Throwable failure, String requestId) {
        LOG.error("unexpected failure request={}", requestId, failure);
        return known(new ApiException(ErrorMessage.GATEWAY_MADE_A_MISTAKE).with("request", requestId), requestId);
    }

    private String written(ErrorEnvelope envelope) {
        try {
            return mapper.writeValueAsString(envelope);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("an envelope is always writable", e);
        }
    }
}
