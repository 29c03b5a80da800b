package dev.retouch.server.upstream;

import java.io.IOException;
import java.util.List;
import java.util.Map;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.secret.Secret;

/** The gateway's credential at an upstream. Thread-safe. */
public interface Credential {

    /**
     * The headers that authenticate one request. May wait for another server or program.
     *
     * @throws IOException if there is no credential at present
     */
    Map<String, String> headers() throws IOException;

    /** The secrets that no client may see. */
    List<String> secrets();

    /** The upstream refused the credential: what was kept of it is outdated. */
    default void refused() {}

    /**
     * The headers for an attempt.
     *
     * @throws AttemptFailedException if there is no credential at present; another upstream may have one
     */
    default Map<String, String> attemptHeaders() throws AttemptFailedException {
        try {
            return headers();
        } catch (IOException e) {
            if (Thread.currentThread().isInterrupted()) {
                throw new UpstreamInterruptedException(e);
            }
            throw new AttemptFailedException(new ApiException(ErrorMessage.UPSTREAM_REFUSED_CREDENTIALS).withCause(e),
                    RetryScope.OTHER_UPSTREAM, AttemptOutcome.CREDENTIALS);
        }
    }

    /** The failure that a response says. If the credential was refused, what was kept of it is outdated. */
    default AttemptFailedException failure(UpstreamErrors errors, HttpCalls.Reply reply) throws IOException {
        AttemptFailedException failure = errors.toFailure(reply.head(), reply.body());
        if (failure.outcome() == AttemptOutcome.CREDENTIALS) {
            refused();
        }
        return failure;
    }

    /**
     * A key in a header; no header if there is no key.
     *
     * @param header the name of the header
     * @param prefix what precedes the key, such as {@code "Bearer "}
     */
    static Credential key(String header, String prefix, Secret key) {
        return new Credential() {
            @Override
            public Map<String, String> headers() {
                return key.value().map(value -> Map.of(header, prefix + value)).orElse(Map.of());
            }

            @Override
            public List<String> secrets() {
                return key.value().stream().toList();
            }
        };
    }
}
