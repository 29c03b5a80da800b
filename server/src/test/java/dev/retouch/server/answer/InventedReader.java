package dev.retouch.server.answer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;

import dev.retouch.server.price.ReportedUsage;

/**
 * Reads a wire that no provider has: like Gemini it has candidates with parts, tokens by modality and refusals with status 200; like
 * services that are polled it may have only a link. It shows that a further kind of upstream needs a reader and nothing else.
 */
final class InventedReader implements AnswerReader {

    private final Deque<AnswerPart> parts = new ArrayDeque<>();

    InventedReader(String document) throws IOException {
        JsonNode answer = new ObjectMapper().readTree(document);
        for (JsonNode candidate : answer.path("candidates")) {
            for (JsonNode part : candidate.path("parts")) {
                if (part.has("data")) {
                    byte[] text = part.path("data").asText().getBytes(StandardCharsets.US_ASCII);
                    image(new Base64Payload(text, () -> null));
                } else if (part.has("sample")) {
                    image(new UrlPayload(part.path("sample").asText()));
                }
            }
            if (candidate.has("blocked")) {
                parts.add(new Refusal("blocked", null, null, candidate.path("blocked").asText(), 0));
            }
        }
        JsonNode tokens = answer.path("tokens");
        if (tokens.isObject()) {
            parts.add(new AnswerUsage(ReportedUsage.tokens(tokens.path("TEXT").asLong(), tokens.path("IMAGE").asLong(),
                    tokens.path("OUT").asLong()), null));
        }
    }

    private void image(ImagePayload payload) {
        parts.add(new FinalImage(payload, Map.of()));
        parts.add(new ImageEnd(Map.of()));
    }

    @Override
    public AnswerPart next() {
        AnswerPart part = parts.poll();
        return part == null ? new AnswerEnd() : part;
    }
}
