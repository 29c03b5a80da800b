package dev.retouch.contract.conformance.cases;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.contract.conformance.wire.Body;
import dev.retouch.contract.conformance.wire.Request;

/** List prices, and about what an edit costs by them. Which model, size and quality it asks for decides; the pixels do not. */
public final class Prices {

    private static final BigDecimal MILLION = BigDecimal.valueOf(1_000_000);
    private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");
    private static final int CHARACTERS_PER_TOKEN = 4;
    private static final int MAX_PICTURES = 10;
    private static final double SQUARE = 1024.0 * 1024;

    private final JsonNode list;

    Prices(JsonNode list) {
        this.list = list;
    }

    /** The list that was used, and its currency: {@code 2026-11, USD}. */
    public String version() {
        return list.path("version").asText();
    }

    public String currency() {
        return list.path("currency").asText();
    }

    /** About what an edit costs; nothing where the request has no image, and so can be none. */
    Optional<Cost> of(Request request) {
        Map<String, String> fields = new LinkedHashMap<>();
        int images = switch (request.body()) {
            case Body.Parts parts -> fromForm(parts, fields);
            case Body.Json json -> fromJson(json.sent(), fields);
            case Body.None _,Body.Raw _ -> 0;
        };
        return images == 0 || fields.getOrDefault("prompt", "").isEmpty()
                ? Optional.empty()
                : Optional.of(cost(fields, images));
    }

    private static int fromForm(Body.Parts parts, Map<String, String> fields) {
        int images = 0;
        for (Body.Part part : parts.parts()) {
            if (part instanceof Body.Part.Text(String name, String value)) {
                fields.put(name, value);
            } else if (part.name().startsWith("image")) {
                images++;
            }
        }
        return images;
    }

    private static int fromJson(JsonNode document, Map<String, String> fields) {
        document.properties().stream().filter(field -> field.getValue().isValueNode())
                .forEach(field -> fields.put(field.getKey(), field.getValue().asText()));
        JsonNode image = document.path("image");
        return document.path("images").size() + (image.isTextual() ? 1 : image.size());
    }

    private Cost cost(Map<String, String> fields, int images) {
        String model = fields.getOrDefault("model", list.path("default-model").asText());
        JsonNode prices = list.path("models").path(model);
        boolean known = prices.isObject();
        if (!known) {
            prices = list.path("models").path(list.path("dearest").asText());
        }
        long pictures = Math.clamp(number(fields, "n", 1), 1, MAX_PICTURES);
        if (prices.has("per-image")) {
            JsonNode each = prices.path("per-image").path(fields.getOrDefault("size", ""));
            return new Cost((each.isMissingNode() ? dearest(prices.path("per-image")) : each.decimalValue())
                    .multiply(BigDecimal.valueOf(pictures)), known);
        }
        long out = pictures * (outputTokens(fields) + number(fields, "partial_images", 0)
                * list.path("partial-image-tokens").asLong());
        long text = fields.getOrDefault("prompt", "").length() / CHARACTERS_PER_TOKEN + 1L;
        long in = images * list.path("image-input-tokens").asLong();
        return new Cost(price(prices, "text-input", text).add(price(prices, "image-input", in))
                .add(price(prices, "image-output", out)), known);
    }

    private static BigDecimal dearest(JsonNode perImage) {
        return perImage.properties().stream().map(Map.Entry::getValue).map(JsonNode::decimalValue)
                .max(Comparator.naturalOrder()).orElse(BigDecimal.ZERO);
    }

    private static BigDecimal price(JsonNode prices, String kind, long tokens) {
        return prices.path(kind).decimalValue().multiply(BigDecimal.valueOf(tokens)).divide(MILLION, 6,
                RoundingMode.UP);
    }

    /** Models that are left to choose take the best quality and the square. */
    private long outputTokens(Map<String, String> fields) {
        JsonNode qualities = list.path("output-tokens");
        JsonNode shapes = qualities.path(fields.getOrDefault("quality", ""));
        if (shapes.isMissingNode()) {
            shapes = qualities.path("high");
        }
        Matcher size = SIZE.matcher(fields.getOrDefault("size", ""));
        if (!size.matches()) {
            return shapes.path("square").asLong();
        }
        double pixels = Double.parseDouble(size.group(1)) * Double.parseDouble(size.group(2));
        JsonNode listed = shapes.path(size.group());
        return listed.isInt()
                ? listed.asLong()
                : Math.round(shapes.path("square").asLong() * Math.max(1, pixels / SQUARE));
    }

    private static long number(Map<String, String> fields, String name, long otherwise) {
        String text = fields.getOrDefault(name, "");
        return text.matches("\\d{1,9}") ? Long.parseLong(text) : otherwise;
    }
}
