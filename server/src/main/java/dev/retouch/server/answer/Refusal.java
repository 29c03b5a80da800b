package dev.retouch.server.answer;

import org.jspecify.annotations.Nullable;

/**
 * An upstream's words for why there is no image, or no further one. They are as the upstream wrote them, so they may hold its
 * operator's key or account; {@link RefusalPolicy} decides what of them reaches the client.
 *
 * @param message the reason, for people; empty where the upstream gave none
 * @param type the family of the error
 * @param param the parameter it is about
 * @param code the upstream's code, or the finish reason of an image
 * @param status the HTTP status that the upstream's document names; 0 where it names none
 */
public record Refusal(String message, @Nullable String type, @Nullable String param, @Nullable String code, int status)
        implements
            AnswerPart {}
