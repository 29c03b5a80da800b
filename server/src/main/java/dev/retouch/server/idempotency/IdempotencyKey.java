package dev.retouch.server.idempotency;

import java.util.regex.Pattern;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * The name that a client gives to one edit.
 *
 * @param account whose name it is; another account's means another edit
 * @param value as it was sent
 */
public record IdempotencyKey(String account, String value) {

    /** The header that it comes in. */
    public static final String HEADER = "Idempotency-Key";

    private static final Pattern FORM = Pattern.compile("[!-~]{1,255}");

    /** Refuses what the contract does not take. */
    public IdempotencyKey {
        if (!FORM.matcher(value).matches()) {
            throw new ApiException(ErrorMessage.VALUE_IS_INVALID, HEADER).with("reason",
                    "it must be 1 to 255 visible ASCII characters");
        }
    }
}
