package dev.retouch.server.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/**
 * Finds an upstream's reason in the shapes that providers and relays use. These are an {@code error} object or text,
 * {@code detail} as text, object or list, {@code errors}, and finish reasons of images. A {@code msg} or
 * {@code message} beside a {@code code} is accepted too.
 */
public final class RefusalReader {

    private static final Set<String> FINISHED = Set.of("", "stop", "success", "succeeded", "null", "completed",
            "length");
    private static final String BLOCKED = "The upstream's safety system blocked the image.";

    private RefusalReader() {}

    /** The reason in a document that has no image. */
    public static Optional<Refusal> inDocument(JsonNode document) {
        if (document.isTextual()) {
            return document.asText().isBlank() ? Optional.empty() : Optional.of(refusal(document.asText().strip()));
        }
        for (String name : List.of("error", "detail", "errors", "details")) {
            JsonNode node = document.path(name);
            if (isGiven(node)) {
                Optional<Refusal> found = of(node, document);
                if (found.isPresent()) {
                    return found;
                }
            }
        }
        return message(document).map(message -> new Refusal(message, text(document, "type"), text(document, "param"),
                code(document), status(document)));
    }

    /** The reason in an element of the images' list that has no image. */
    static Optional<Refusal> inElement(JsonNode element) {
        if (isFalse(element, "respect_moderation") || isFalse(element, "is_image_safe")) {
            return Optional.of(new Refusal(message(element).orElse(BLOCKED), null, null, "moderation_blocked", 0));
        }
        for (String name : List.of("finish_reason", "finishReason", "block_reason")) {
            JsonNode reason = element.path(name);
            if (reason.isTextual() && !FINISHED.contains(reason.asText().strip().toLowerCase(Locale.ROOT))) {
                return Optional.of(new Refusal(message(element).orElse("The image was not returned: "
                        + reason.asText().strip()), null, null, reason.asText().strip(), 0));
            }
        }
        return isGiven(element.path("error")) || isGiven(element.path("detail"))
                ? inDocument(element)
                : Optional.empty();
    }

    private static boolean isFalse(JsonNode element, String name) {
        return element.path(name).isBoolean() && !element.path(name).booleanValue();
    }

    private static boolean isGiven(JsonNode node) {
        return (node.isTextual() && !node.asText().isBlank()) || (node.isContainerNode() && !node.isEmpty());
    }

    private static Optional<Refusal> of(JsonNode node, JsonNode document) {
        if (node.isTextual()) {
            return Optional.of(new Refusal(node.asText().strip(), text(document, "type"), text(document, "param"),
                    code(document), status(document)));
        }
        if (node.isArray()) {
            List<String> words = new ArrayList<>();
            node.forEach(each -> (each.isTextual() ? Optional.of(each.asText()) : message(each)).ifPresent(words::add));
            JsonNode first = node.path(0);
            return words.isEmpty()
                    ? Optional.empty()
                    : Optional
                            .of(new Refusal(String.join("; ", words), text(first, "type"), location(first),
                                    or(code(first), or(code(document), text(document, "name"))), status(document)));
        }
        if (isGiven(node.path("error"))) {
            return of(node.path("error"), document);
        }
        return message(node).map(message -> new Refusal(message, text(node, "type"), text(node, "param"),
                or(inner(node), or(code(node), code(document))), status(node)))
                .or(() -> Optional.ofNullable(or(code(node), inner(node)))
                        .map(code -> new Refusal("", text(node, "type"), text(node, "param"), code, status(node))));
    }

    /** Azure names the reason of a content filter in an inner error. */
    private static @Nullable String inner(JsonNode node) {
        return text(node.path("innererror"), "code");
    }

    private static @Nullable String or(@Nullable String first, @Nullable String second) {
        return first == null ? second : first;
    }

    /** The last word of FastAPI's {@code loc}, which is the parameter. */
    private static @Nullable String location(JsonNode detail) {
        JsonNode path = detail.path("loc");
        JsonNode last = path.path(path.size() - 1);
        return last.isTextual() && !last.asText().equals("body") ? last.asText() : null;
    }

    private static Optional<String> message(JsonNode node) {
        for (String name : List.of("message", "msg", "error_msg", "error_message", "status_msg", "title", "reason")) {
            JsonNode message = node.path(name);
            if (message.isTextual() && !message.asText().isBlank()) {
                return Optional.of(message.asText().strip());
            }
            if (message.isObject()) {
                Optional<String> inside = message(message);
                if (inside.isPresent()) {
                    return inside;
                }
            }
        }
        return Optional.empty();
    }

    private static @Nullable String code(JsonNode node) {
        JsonNode code = node.path("code");
        if (code.isTextual() && !code.asText().isBlank()) {
            return code.asText().strip();
        }
        return node.path("status").isTextual() ? text(node, "status") : null;
    }

    /** A status that is written into a document as a number. */
    private static int status(JsonNode node) {
        for (String name : List.of("code", "status", "status_code", "statusCode")) {
            JsonNode number = node.path(name);
            if (number.isInt()) {
                return number.intValue();
            }
        }
        return 0;
    }

    private static @Nullable String text(JsonNode node, String name) {
        JsonNode text = node.path(name);
        return text.isTextual() && !text.asText().isBlank() ? text.asText().strip() : null;
    }

    private static Refusal refusal(String message) {
        return new Refusal(message, null, null, null, 0);
    }
}
