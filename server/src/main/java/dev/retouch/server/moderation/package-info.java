/**
 * Checks the prompt and every image of an edit before dispatch. {@code edit} calls {@link dev.retouch.server.moderation.Moderator}, which
 * applies the rules of the operator ({@link dev.retouch.server.moderation.LocalRules}) and calls an OpenAI-compatible service
 * ({@link dev.retouch.server.moderation.ModerationClient}). The group's {@link dev.retouch.server.moderation.ModerationPolicy} decides
 * about the effect of a verdict.
 *
 * <p>Sends no response, changes no edit, and logs neither prompts nor images nor keys. Fetches no image: a remote image that the gateway
 * has not loaded is sent to the service as its URL.
 */
@NullMarked
package dev.retouch.server.moderation;

import org.jspecify.annotations.NullMarked;
