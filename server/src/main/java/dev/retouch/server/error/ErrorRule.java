package dev.retouch.server.error;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorCode;
import dev.retouch.server.contract.model.ErrorType;

/**
 * How one code is answered.
 *
 * @param code what went wrong
 * @param status the HTTP status
 * @param type the family in the envelope
 * @param retry whether a client should send the same request again
 * @param retryAfter the delay to name when the failure knows none, only where {@code retry} holds
 */
public record ErrorRule(ErrorCode code, int status, ErrorType type, boolean retry, @Nullable Duration retryAfter) {}
