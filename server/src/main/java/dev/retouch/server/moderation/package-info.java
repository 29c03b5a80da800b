/**
 * Verdicts on the prompt and every image of an edit, before anybody is asked to make it. {@code edit} calls
 * {@link dev.retouch.server.moderation.Moderator}, which first follows the operator's own rules
 * ({@link dev.retouch.server.moderation.LocalRules}: words, patterns, known images) and then asks an OpenAI-compatible
 * endpoint ({@link dev.retouch.server.moderation.ModerationService}). What a verdict leads to is the group's
 * {@code ModerationPolicy}. Never answers a caller, never changes an edit, never logs a prompt, an image or a key, and
 * never fetches an image: one that the gateway does not hold goes to the service as its URL.
 */
@NullMarked
package dev.retouch.server.moderation;

import org.jspecify.annotations.NullMarked;
