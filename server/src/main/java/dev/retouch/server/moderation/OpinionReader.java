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

/** Understands the service's answer. What is not surely a verdict is none: a misread one would let everything pass. */
final class OpinionReader {

    /** For a service that flags without saying why. */
    private static final String UNNAMED = "flagged";

    private final JsonMapper mapper = JsonMapper.builder().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();

    /** The opinions by category. */
    SortedMap<String, CategoryOpinion> read(byte[] answer) throws NoVerdictException {
        JsonNode results = tree(answer).path("results");
        if (!results.isArray() || results.isEmpty()) {
            throw new NoVerdictException("its answer has no results");
        }
        SortedMap<String, CategoryOpinion> opinions = new TreeMap<>();
        for (JsonNode result : results) {
            add(result, opinions);
        }
        return opinions;
    }

    private JsonNode tree(byte[] answer) throws NoVerdictException {
        try {
            return mapper.readTree(answer);
        } catch (IOException e) {
            throw new NoVerdictException("its answer is not JSON");
        }
    }

    private static void add(JsonNode result, SortedMap<String, CategoryOpinion> opinions) throws NoVerdictException {
        JsonNode categories = result.path("categories");
        JsonNode scores = result.path("category_scores");
        JsonNode whole = result.path("flagged");
        if (!categories.isObject() || !(scores.isObject() || absent(scores))
                || !(whole.isBoolean() || absent(whole))) {
            throw new NoVerdictException("its answer is not a verdict");
        }
        boolean named = false;
        for (Map.Entry<String, JsonNode> category : categories.properties()) {
            boolean flagged = flag(category.getValue());
            named |= flagged;
            add(category.getKey(), new CategoryOpinion(flagged, score(scores.path(category.getKey()))), opinions);
        }
        for (Map.Entry<String, JsonNode> score : scores.properties()) {
            add(score.getKey(), new CategoryOpinion(false, score(score.getValue())), opinions);
        }
        if (whole.asBoolean() && !named) {
            add(UNNAMED, new CategoryOpinion(true, null), opinions);
        }
    }

    private static void add(String category, CategoryOpinion opinion, SortedMap<String, CategoryOpinion> opinions)
            throws NoVerdictException {
        if (!Verdict.isCategory(category)) {
            throw new NoVerdictException("its answer has a category without a usable name");
        }
        opinions.merge(category, opinion, CategoryOpinion::or);
    }

    /** OpenAI documents null for categories that a model does not know. */
    private static boolean flag(JsonNode flag) throws NoVerdictException {
        if (!flag.isBoolean() && !flag.isNull()) {
            throw new NoVerdictException("its answer has a category that is neither true nor false");
        }
        return flag.asBoolean();
    }

    private static @Nullable BigDecimal score(JsonNode score) throws NoVerdictException {
        if (absent(score)) {
            return null;
        }
        if (!score.isNumber()) {
            throw new NoVerdictException("its answer has a score that is no number");
        }
        return score.decimalValue();
    }

    private static boolean absent(JsonNode node) {
        return node.isMissingNode() || node.isNull();
    }
}
