package dev.retouch.server.error;

import java.time.Duration;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorCode;
import dev.retouch.server.contract.model.ErrorType;

/**
 * How an error code appears in a response.
 *
 * @param code error code
 * @param status HTTP status
 * @param type error type in the envelope
 * @param retry whether a client should retry the same request
 * @param retryAfter retry delay if the failure has none; null if {@code retry} is false
 */
public record ErrorRule(ErrorCode code, int status, ErrorType type, boolean retry, @Nullable Duration retryAfter) {}
