package dev.retouch.server.edit;

import java.io.IOException;
import java.util.Optional;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.price.TokenUsage;

/**
 * Picks the numbers out of the {@code usage} object of a document while a parser goes through it. Where the upstream tells no details, all
 * input counts as images, which is the dearer kind.
 */
final class ReportedUsage {

    private long input;
    private long output;
    private long textInput = -1;
    private long imageInput = -1;
    private boolean seen;
    private @Nullable String section;
    private int depth;
    private boolean inside;

    /** Looks at the token that a parser is at. It has to be shown every start and end of an object or array. */
    void at(JsonParser parser, JsonToken token) throws IOException {
        depth += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
        if (inside) {
            within(parser, token);
            inside = depth > 1;
        } else {
            inside = depth == 2 && token == JsonToken.START_OBJECT && "usage".equals(parser.currentName());
        }
    }

    /** How deep in the document the parser is; 1 is inside of its outermost object. */
    int depth() {
        return depth;
    }

    private void within(JsonParser parser, JsonToken token) throws IOException {
        if (token == JsonToken.START_OBJECT) {
            section = parser.currentName();
        } else if (token == JsonToken.END_OBJECT) {
            section = null;
        } else if (token == JsonToken.VALUE_NUMBER_INT) {
            number(parser.currentName(), parser.getLongValue());
        }
    }

    private void number(String name, long value) {
        boolean ofInput = "input_tokens_details".equals(section);
        switch (name) {
            case "input_tokens" -> input = seen(value);
            case "output_tokens" -> output = seen(value);
            case "text_tokens" -> textInput = ofInput ? value : textInput;
            case "image_tokens" -> imageInput = ofInput ? value : imageInput;
            default -> {
                // totals, and what there may be some day
            }
        }
    }

    private long seen(long value) {
        seen = true;
        return Math.max(0, value);
    }

    /** What was told; nothing where there was no usage. */
    Optional<TokenUsage> usage() {
        if (!seen) {
            return Optional.empty();
        }
        boolean details = textInput >= 0 && imageInput >= 0 && textInput + imageInput == input;
        return Optional.of(details
                ? new TokenUsage(textInput, imageInput, output)
                : new TokenUsage(0, input, output));
    }
}
