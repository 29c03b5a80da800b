package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import org.eclipse.jetty.client.Response;
import org.eclipse.jetty.http.HttpHeader;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.error.RelayedErrorException;

/**
 * What an upstream's refusal means to our caller. What it says about the request is passed on; what it says about
 * ourselves, our key or our account is not.
 */
final class UpstreamErrors {

    private static final int MOST_BYTES = 64 * 1024;

    private final ObjectMapper mapper = new ObjectMapper();

    /** The failure to answer with. */
    RuntimeException translated(Response response, boolean json, InputStream body) throws IOException {
        int status = response.getStatus();
        JsonNode error = json ? error(body.readNBytes(MOST_BYTES)) : mapper.missingNode();
        return switch (status) {
            case 401, 403 -> new ApiException(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS);
            case 429 -> rateLimit(response, error);
            case 503, 529 -> after(new ApiException(ErrorMessage.UPSTREAM_IS_OVERLOADED), response);
            case 408, 504 -> new ApiException(ErrorMessage.UPSTREAM_TIMED_OUT).afterSending();
            // whoever says yes and then sends no edit may have made one
            case 200 -> new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT).afterSending();
            default -> status == 400 && error.path("message").isTextual()
                    ? relayed(error)
                    : new ApiException(ErrorMessage.UPSTREAM_ANSWER_IS_NOT_AN_EDIT)
                            .because(new IOException("the upstream answered " + status));
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

    /** An account without money is not ours to talk about, and waiting does not help it. */
    private static ApiException rateLimit(Response response, JsonNode error) {
        boolean noMoney = "insufficient_quota".equals(error.path("code").asText());
        return noMoney
                ? new ApiException(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS)
                : after(new ApiException(ErrorMessage.UPSTREAM_LIMITS_RATE), response);
    }

    private static RelayedErrorException relayed(JsonNode error) {
        return new RelayedErrorException(error.path("message").asText(),
                error.path("type").asText("invalid_request_error"), text(error.path("param")),
                text(error.path("code")));
    }

    private static Optional<String> text(JsonNode node) {
        return node.isTextual() ? Optional.of(node.asText()) : Optional.empty();
    }

    private static ApiException after(ApiException failure, Response response) {
        String seconds = response.getHeaders().get(HttpHeader.RETRY_AFTER);
        if (seconds == null || !seconds.matches("\\d{1,6}")) {
            return failure;
        }
        return failure.retryAfter(Duration.ofSeconds(Long.parseLong(seconds)));
    }
}
