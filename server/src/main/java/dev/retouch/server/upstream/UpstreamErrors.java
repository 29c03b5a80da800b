package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.eclipse.jetty.client.Response;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.RelayedErrorException;

/**
 * What an upstream's refusal means to our caller. What it says about the request is passed on; what it says about
 * ourselves, our key or our account is not.
 */
final class UpstreamErrors {

    private static final int MOST_BYTES = 64 * 1024;
    /** An account that cannot pay, or a key that is not good: whatever the status, it is not about the edit. */
    private static final Set<String> ABOUT_US = Set.of("insufficient_quota", "billing_hard_limit_reached",
            "billing_not_active", "invalid_api_key", "invalid_organization", "account_deactivated");
    private static final Set<Integer> ABOUT_THE_EDIT = Set.of(400, 404, 409, 413, 415, 422);
    private static final String REQUEST_ID = "x-upstream-request-id";

    private final Told told;
    private final Clock clock;
    private final ObjectMapper mapper = new ObjectMapper();

    UpstreamErrors(Told told, Clock clock) {
        this.told = told;
        this.clock = clock;
    }

    /** The upstream's own id of a request. */
    Optional<String> requestId(Response response) {
        return told.requestId(response.getHeaders().get("x-request-id"));
    }

    /**
     * The failure to answer with.
     *
     * @throws RelayedErrorException where the upstream refused the edit itself
     */
    FailedTryException translated(Response response, boolean json, InputStream body) throws IOException {
        JsonNode error = json ? error(body.readNBytes(MOST_BYTES)) : mapper.missingNode();
        Map<String, String> headers = requestId(response).map(id -> Map.of(REQUEST_ID, id)).orElse(Map.of());
        int status = response.getStatus();
        if (ABOUT_US.contains(error.path("code").asText()) || status == 401 || status == 403 || status == 407) {
            return new FailedTryException(new ApiException(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS).telling(headers),
                    Again.ELSEWHERE, Outcome.CREDENTIALS);
        }
        if (ABOUT_THE_EDIT.contains(status) && error.path("message").isTextual()) {
            throw relayed(error, headers);
        }
        return failed(response, headers);
    }

    private FailedTryException failed(Response response, Map<String, String> headers) {
        String advice = response.getHeaders().get("x-should-retry");
        Again unlessAdvised = "false".equalsIgnoreCase(advice) ? Again.NEVER : Again.ANYWHERE;
        Again ifAdvised = "true".equalsIgnoreCase(advice) ? Again.ANYWHERE : Again.NEVER;
        int status = response.getStatus();
        return switch (status) {
            case 429 -> new FailedTryException(after(ErrorMessage.UPSTREAM_LIMITS_RATE, response).telling(headers),
                    "false".equalsIgnoreCase(advice) ? Again.ELSEWHERE : Again.ANYWHERE, Outcome.LIMITED);
            case 503, 529 -> new FailedTryException(after(ErrorMessage.UPSTREAM_IS_OVERLOADED, response)
                    .telling(headers), unlessAdvised, Outcome.OVERLOADED);
            case 408, 504 -> new FailedTryException(new ApiException(ErrorMessage.UPSTREAM_TIMED_OUT).afterSending()
                    .telling(headers), Again.NEVER, Outcome.TIMED_OUT);
            // whoever says yes and then sends no edit may have made one
            case 200 -> new FailedTryException(new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT)
                    .afterSending().telling(headers), Again.NEVER, Outcome.FAILED);
            default -> new FailedTryException(new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT)
                    .because(new IOException("the upstream answered " + status)).telling(headers), ifAdvised,
                    Outcome.FAILED);
        };
    }

    private JsonNode error(byte[] body) throws IOException {
        try {
            JsonNode tree = mapper.readTree(body);
            return tree == null ? mapper.missingNode() : tree.path("error");
        } catch (JsonProcessingException e) {
            return mapper.missingNode();
        }
    }

    private RelayedErrorException relayed(JsonNode error, Map<String, String> headers) {
        return new RelayedErrorException(told.message(error.path("message").asText()),
                error.path("type").asText("invalid_request_error"), text(error.path("param")),
                text(error.path("code"))).telling(headers);
    }

    private Optional<String> text(JsonNode node) {
        return node.isTextual() ? Optional.of(told.message(node.asText())) : Optional.empty();
    }

    private ApiException after(ErrorMessage message, Response response) {
        ApiException failure = new ApiException(message);
        return RetryAfter.of(response.getHeaders(), clock).map(failure::retryAfter).orElse(failure);
    }
}
