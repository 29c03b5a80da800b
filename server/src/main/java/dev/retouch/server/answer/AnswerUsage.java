package dev.retouch.server.answer;

import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.price.ReportedUsage;

/**
 * The usage of an edit, or of one image of it.
 *
 * @param figures tokens by kind, and the cost that the upstream states
 * @param document the {@code usage} object as the upstream wrote it; null where there was none
 */
public record AnswerUsage(ReportedUsage figures, @Nullable ObjectNode document) implements AnswerPart {

    /** Names of OpenAI's chat endpoints for figures that this endpoint calls otherwise. */
    private static final Set<String> OTHER_NAMES = Set.of("prompt_tokens", "completion_tokens", "prompt_tokens_details",
            "completion_tokens_details");

    /** The usage as OpenAI writes it, with further scalar members of the upstream; empty if the figures cannot be right. */
    public Optional<ObjectNode> toDocument() {
        if (figures.isAbsurd() || figures.input() + figures.output() == 0) {
            return Optional.empty();
        }
        ObjectNode made = JsonNodeFactory.instance.objectNode();
        made.put("input_tokens", figures.input()).put("output_tokens", figures.output())
                .put("total_tokens", figures.input() + figures.output());
        ObjectNode input = made.putObject("input_tokens_details").put("text_tokens", figures.textInput())
                .put("image_tokens", figures.imageInput());
        long cached = figures.cachedTextInput() + figures.cachedImageInput();
        if (cached > 0) {
            input.put("cached_tokens", cached).putObject("cached_tokens_details")
                    .put("text_tokens", figures.cachedTextInput()).put("image_tokens", figures.cachedImageInput());
        }
        if (document != null) {
            if (document.path("output_tokens_details").isObject()) {
                made.putObject("output_tokens_details").put("text_tokens", figures.textOutput())
                        .put("image_tokens", figures.imageOutput());
            }
            copy(document, made);
        }
        return Optional.of(made);
    }

    /** Copies what the upstream wrote: the details that are known, and other members that are no objects. */
    private static void copy(ObjectNode from, ObjectNode to) {
        from.properties().stream().filter(member -> !OTHER_NAMES.contains(member.getKey())).forEach(member -> {
            if (member.getValue() instanceof ObjectNode theirs && to.get(member.getKey()) instanceof ObjectNode ours) {
                copy(theirs, ours);
            } else if (member.getValue().isValueNode() && !member.getValue().isNull()) {
                to.set(member.getKey(), member.getValue());
            }
        });
    }

    /** The sum of both, for an upstream that reports each image on its own. */
    public AnswerUsage plus(AnswerUsage other) {
        ObjectNode sum = document == null || other.document == null
                ? (document == null ? other.document : document)
                : sum(document.deepCopy(), other.document);
        return new AnswerUsage(figures.plus(other.figures), sum);
    }

    private static ObjectNode sum(ObjectNode sum, ObjectNode other) {
        other.properties().forEach(entry -> {
            JsonNode mine = sum.path(entry.getKey());
            JsonNode theirs = entry.getValue();
            if (mine.isIntegralNumber() && theirs.isIntegralNumber()) {
                sum.put(entry.getKey(), mine.bigIntegerValue().add(theirs.bigIntegerValue()));
            } else if (mine.isNumber() && theirs.isNumber()) {
                sum.put(entry.getKey(), mine.decimalValue().add(theirs.decimalValue()));
            } else if (mine instanceof ObjectNode inner && theirs instanceof ObjectNode others) {
                sum(inner, others);
            } else if (mine.isMissingNode() || mine.isNull()) {
                sum.set(entry.getKey(), theirs);
            }
        });
        return sum;
    }
}
