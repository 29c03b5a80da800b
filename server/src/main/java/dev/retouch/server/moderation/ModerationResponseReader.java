package dev.retouch.server.moderation;

import java.io.IOException;
import java.math.BigDecimal;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import org.jspecify.annotations.Nullable;

/** Reads responses of the service, strictly: a misread response would let flagged edits pass. */
final class ModerationResponseReader {

    /** The category of a flag without a category. */
    private static final String UNNAMED = "flagged";

    private final JsonMapper mapper = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /** The results by category. */
    SortedMap<String, CategoryResult> read(byte[] answer) throws ModerationClientException {
        JsonNode results = tree(answer).path("results");
        if (!results.isArray() || results.isEmpty()) {
            throw new ModerationClientException("its answer has no results");
        }
        SortedMap<String, CategoryResult> opinions = new TreeMap<>();
        for (JsonNode result : results) {
            add(result, opinions);
        }
        return opinions;
    }

    private JsonNode tree(byte[] answer) throws ModerationClientException {
        try {
            return mapper.readTree(answer);
        } catch (IOException e) {
            throw new ModerationClientException("its answer is not JSON");
        }
    }

    private static void add(JsonNode result, SortedMap<String, CategoryResult> opinions)
            throws ModerationClientException {
        JsonNode categories = result.path("categories");
        JsonNode scores = result.path("category_scores");
        JsonNode whole = result.path("flagged");
        if (!categories.isObject() || !(scores.isObject() || absent(scores))
                || !(whole.isBoolean() || absent(whole))) {
            throw new ModerationClientException("its answer is not a verdict");
        }
        boolean named = false;
        for (Map.Entry<String, JsonNode> category : categories.properties()) {
            boolean flagged = flag(category.getValue());
            named |= flagged;
            add(category.getKey(), new CategoryResult(flagged, score(scores.path(category.getKey()))), opinions);
        }
        for (Map.Entry<String, JsonNode> score : scores.properties()) {
            add(score.getKey(), new CategoryResult(false, score(score.getValue())), opinions);
        }
        if (whole.asBoolean() && !named) {
            add(UNNAMED, new CategoryResult(true, null), opinions);
        }
    }

    private static void add(String category, CategoryResult opinion, SortedMap<String, CategoryResult> opinions)
            throws ModerationClientException {
        if (!Verdict.isCategory(category)) {
            throw new ModerationClientException("its answer has a category without a usable name");
        }
        opinions.merge(category, opinion, CategoryResult::or);
    }

    /** OpenAI sends null for categories that a model does not have. */
    private static boolean flag(JsonNode flag) throws ModerationClientException {
        if (!flag.isBoolean() && !flag.isNull()) {
            throw new ModerationClientException("its answer has a category that is neither true nor false");
        }
        return flag.asBoolean();
    }

    private static @Nullable BigDecimal score(JsonNode score) throws ModerationClientException {
        if (absent(score)) {
            return null;
        }
        if (!score.isNumber()) {
            throw new ModerationClientException("its answer has a score that is no number");
        }
        return score.decimalValue();
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
