package dev.retouch.server.fetch;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * Thrown if an image cannot be fetched. The reason is sent to the client. It contains no addresses, no hint whether a
 * port is open, and no part of the received body.
 */
final class FetchException extends Exception {

    private final ErrorMessage message;
    private final String reason;

    private FetchException(ErrorMessage message, String reason) {
        super(reason, null, false, false);
        this.message = message;
        this.reason = reason;
    }

    /** For a malformed URL, or one that must not be fetched. */
    static FetchException badUrl(String reason) {
        return new FetchException(ErrorMessage.IMAGE_URL_IS_INVALID, reason);
    }

    /**
     * For a refused host. An unknown name, a name excluded by a list and a refused address have the same reason. Otherwise a client could explore names and networks.
     */
    static FetchException refusedHost() {
        return badUrl("its host is unknown, or is one that this gateway does not fetch from");
    }

    /** For a transfer that failed. */
    static FetchException failed(String reason) {
        return new FetchException(ErrorMessage.IMAGE_DOWNLOAD_FAILED, reason);
    }

    ErrorMessage message() {
        return message;
    }

    String reason() {
        return reason;
    }

    ApiException about(String param) {
        return new ApiException(message, param).withArgument("reason", reason);
    }
}
