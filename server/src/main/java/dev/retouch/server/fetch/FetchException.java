package dev.retouch.server.fetch;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * An image that does not come. Its reason is for the caller, so it says nothing that the caller could not know: neither
 * addresses nor whether anything listens on them, nor what came instead of an image.
 */
final class FetchException extends Exception {

    private final ErrorMessage message;
    private final String reason;

    private FetchException(ErrorMessage message, String reason) {
        super(reason, null, false, false);
        this.message = message;
        this.reason = reason;
    }

    /** A URL that is wrong, or not one to fetch. */
    static FetchException badUrl(String reason) {
        return new FetchException(ErrorMessage.IMAGE_URL_IS_INVALID, reason);
    }

    /**
     * A host that is not fetched from. One wording for an unknown name, a name on no list or the wrong one, and a refused
     * address: three wordings would tell names and networks apart for whoever asks.
     */
    static FetchException refusedHost() {
        return badUrl("its host is unknown, or is one that this gateway does not fetch from");
    }

    /** A transfer that did not succeed. */
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
        return new ApiException(message, param).with("reason", reason);
    }
}
