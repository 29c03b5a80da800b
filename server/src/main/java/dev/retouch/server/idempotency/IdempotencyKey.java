package dev.retouch.server.idempotency;

import java.util.regex.Pattern;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * The idempotency key of a request.
 *
 * @param account the root key id; the same value under another root key is a different key
 * @param value the value of the header
 */
public record IdempotencyKey(String account, String value) {

    /** The request header. */
    public static final String HEADER = "Idempotency-Key";

    private static final Pattern FORM = Pattern.compile("[!-~]{1,255}");

    /** Rejects values that the contract does not allow. */
    public IdempotencyKey {
        if (!FORM.matcher(value).matches()) {
            throw new ApiException(ErrorMessage.VALUE_IS_INVALID, HEADER).withArgument("reason",
                    "it must be 1 to 255 visible ASCII characters");
        }
    }
}
