package dev.retouch.server.upstream;

import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;

import org.eclipse.jetty.client.Response;

import dev.retouch.server.answer.RefusalPolicy;

/** Maps the error responses of an upstream to failures. */
public interface UpstreamErrors {

    /** The header with the upstream's id of the request, in the response to the client. */
    String REQUEST_ID = "x-upstream-request-id";

    /** The rules for refusals of this upstream. */
    RefusalPolicy refusals();

    /** The upstream's id of the request, redacted. */
    Optional<String> requestId(Response response);

    /** The words of an error response about its reason, redacted; empty if there are none. */
    String words(int status, byte[] body);

    /**
     * The failure of the attempt.
     *
     * @throws dev.retouch.server.error.UpstreamRefusalException if the upstream refused the edit itself
     */
    AttemptFailedException toFailure(Response response, InputStream body) throws IOException;
}
