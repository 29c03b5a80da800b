package dev.retouch.server.upstream.gemini;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

import dev.retouch.server.answer.AnswerEnd;
import dev.retouch.server.answer.AnswerPart;
import dev.retouch.server.answer.AnswerReader;
import dev.retouch.server.answer.AnswerSource;
import dev.retouch.server.answer.AnswerUsage;
import dev.retouch.server.answer.DocumentImageReader;
import dev.retouch.server.answer.FinalImage;
import dev.retouch.server.answer.ImageEnd;
import dev.retouch.server.answer.Refusal;
import dev.retouch.server.answer.RefusalReader;

/**
 * Reads a {@code generateContent} response. A response without an image says why: the prompt was blocked, or the finish reason of its
 * candidate is not {@code STOP}.
 */
public final class GeminiAnswerReader implements AnswerReader {

    private static final List<String> IMAGES = List.of("/candidates/-/content/parts/-/inlineData/data",
            "/candidates/-/content/parts/-/inline_data/data");
    /** Finish reasons that are about the content of the edit. */
    private static final Set<String> BLOCKED = Set.of("SAFETY", "RECITATION", "BLOCKLIST", "PROHIBITED_CONTENT", "SPII",
            "IMAGE_SAFETY", "IMAGE_PROHIBITED_CONTENT", "IMAGE_RECITATION");
    private static final int MAX_WORDS = 500;
    private static final int BAD_GATEWAY = 502;

    private final DocumentImageReader document;
    private final Deque<AnswerPart> pending = new ArrayDeque<>();
    private boolean open;
    private boolean any;

    /** Reads from this source. */
    public GeminiAnswerReader(AnswerSource source) {
        this.document = new DocumentImageReader(source, IMAGES);
    }

    @Override
    public AnswerPart next() throws IOException {
        if (pending.isEmpty()) {
            Optional<DocumentImageReader.Found> image = document.next();
            if (image.isPresent()) {
                closeImage();
                pending.add(new FinalImage(image.get().payload(), Map.of()));
                open = true;
                any = true;
            } else {
                end();
            }
        }
        return pending.remove();
    }

    private void closeImage() {
        if (open) {
            pending.add(new ImageEnd(Map.of()));
            open = false;
        }
    }

    private void end() {
        ObjectNode tree = document.tree();
        JsonNode usage = tree.path("usageMetadata");
        if (any && usage.isObject()) {
            pending.add(usage(usage));
        }
        closeImage();
        if (!any) {
            pending.add(refusal(tree));
        }
        pending.add(new AnswerEnd());
    }

    private static AnswerUsage usage(JsonNode usage) {
        return new AnswerUsage(GeminiUsage.read(usage), null);
    }

    private static Refusal refusal(ObjectNode tree) {
        String blocked = tree.path("promptFeedback").path("blockReason").asText("");
        if (!blocked.isEmpty() && !blocked.equals("BLOCK_REASON_UNSPECIFIED")) {
            return new Refusal(tree.path("promptFeedback").path("blockReasonMessage")
                    .asText("The upstream blocked the prompt or an image: " + blocked + "."), null, null,
                    "moderation_blocked", 0);
        }
        JsonNode candidate = tree.path("candidates").path(0);
        String reason = candidate.path("finishReason").asText("");
        if (BLOCKED.contains(reason)) {
            return new Refusal(candidate.path("finishMessage")
                    .asText("The upstream blocked the image: " + reason + "."), null, null, "moderation_blocked", 0);
        }
        return RefusalReader.inDocument(tree).orElseGet(() -> new Refusal(words(candidate, reason), null, null,
                "upstream_error", BAD_GATEWAY));
    }

    /** What the model wrote instead of an image, for the log. */
    private static String words(JsonNode candidate, String reason) {
        StringBuilder words = new StringBuilder("The upstream returned no image");
        if (!reason.isEmpty()) {
            words.append(" (").append(reason).append(')');
        }
        candidate.path("content").path("parts").forEach(part -> {
            if (part.path("text").isTextual() && words.length() < MAX_WORDS) {
                words.append(": ").append(part.path("text").asText());
            }
        });
        return words.length() > MAX_WORDS ? words.substring(0, MAX_WORDS) : words.toString();
    }
}
