package dev.retouch.server.upstream;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

import org.eclipse.jetty.http.HttpStatus;

import dev.retouch.server.error.UpstreamRefusalException;

/**
 * Sends the request by which an upstream is checked: a GET with the gateway's credential that costs nothing.
 *
 * @param calls the HTTP client of the upstream
 * @param credential the gateway's credential
 * @param errors how error responses are read
 */
public record CheckCall(HttpCalls calls, Credential credential, UpstreamErrors errors) {

    /** An operator waits for the result. */
    private static final Duration TIMEOUT = Duration.ofSeconds(15);
    private static final int MAX_BYTES = 64 * 1024;

    /**
     * Checks an upstream whose answer to a URL shows whether the key is valid.
     *
     * @throws AttemptFailedException if there was no response
     */
    public UpstreamCheck ofKey(String url) throws AttemptFailedException {
        return sent(url, true);
    }

    /**
     * Connects to an upstream that has no free request.
     *
     * @throws AttemptFailedException if there was no response
     */
    public UpstreamCheck ofConnection(String url) throws AttemptFailedException {
        return sent(url, false);
    }

    private UpstreamCheck sent(String url, boolean aboutKey) throws AttemptFailedException {
        Map<String, String> headers = new LinkedHashMap<>(credential.attemptHeaders());
        headers.put("accept", "application/json");
        try (HttpCalls.Reply reply = calls.send(new HttpCalls.Call("GET", url, headers, null), TIMEOUT)) {
            int status = reply.head().getStatus();
            if (HttpStatus.isSuccess(status)) {
                return new UpstreamCheck(status, aboutKey, Optional.empty(), "");
            }
            byte[] body = reply.body().readNBytes(MAX_BYTES);
            return new UpstreamCheck(status, false, failure(reply, body), errors.words(status, body));
        } catch (IOException e) {
            throw HttpCalls.brokenOff(e);
        }
    }

    /** The failure of a response; none if the upstream only does not have the path. */
    private Optional<AttemptOutcome> failure(HttpCalls.Reply reply, byte[] body) throws IOException {
        int status = reply.head().getStatus();
        boolean noPath = status == HttpStatus.NOT_FOUND_404 || status == HttpStatus.METHOD_NOT_ALLOWED_405
                || status == HttpStatus.NOT_IMPLEMENTED_501 || HttpStatus.isRedirection(status);
        try {
            AttemptOutcome outcome = credential
                    .failure(errors, new HttpCalls.Reply(reply.head(), new ByteArrayInputStream(body))).outcome();
            return noPath && outcome != AttemptOutcome.CREDENTIALS ? Optional.empty() : Optional.of(outcome);
        } catch (UpstreamRefusalException e) {
            return noPath ? Optional.empty() : Optional.of(AttemptOutcome.REFUSED);
        }
    }
}
