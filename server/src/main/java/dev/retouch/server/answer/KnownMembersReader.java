package dev.retouch.server.answer;

import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * Leaves out the members of images that OpenAI's form does not have. The media type of a result, for example, is wrong if the
 * gateway converts the result.
 */
public final class KnownMembersReader implements AnswerReader {

    private static final Set<String> KNOWN = Set.of("revised_prompt");

    private final AnswerReader parts;

    /** Reads these parts. */
    public KnownMembersReader(AnswerReader parts) {
        this.parts = parts;
    }

    @Override
    public AnswerPart next() throws IOException {
        return switch (parts.next()) {
            case FinalImage image -> new FinalImage(image.payload(), known(image.members()));
            case PartialImage image -> new PartialImage(image.payload(), known(image.members()));
            case ImageEnd end -> new ImageEnd(known(end.members()));
            case AnswerPart other -> other;
        };
    }

    private static Map<String, JsonNode> known(Map<String, JsonNode> members) {
        Map<String, JsonNode> kept = new LinkedHashMap<>(members);
        kept.keySet().retainAll(KNOWN);
        return kept;
    }
}
