package dev.retouch.server.intake;

import java.util.regex.Pattern;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * Reads the header {@code Content-Length}. HTTP/2 delivers it unchecked: signs, and several values joined with commas, are
 * rejected.
 */
public final class ContentLength {

    private static final Pattern DIGITS = Pattern.compile("\\d{1,18}");

    private ContentLength() {}

    /** Returns the announced length, or -1 if the request has no such header. */
    public static long of(@Nullable String header) {
        if (header == null) {
            return -1;
        }
        if (!DIGITS.matcher(header.strip()).matches()) {
            throw new ApiException(ErrorMessage.REQUEST_IS_MALFORMED).withArgument("reason",
                    "its Content-Length is not a number");
        }
        return Long.parseLong(header.strip());
    }
}
