package dev.retouch.mock.kind;

import java.util.Map;
import java.util.Optional;
import java.util.Set;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.model.Size;
import dev.retouch.mock.picture.ImageFacts;

/** Sizes of results that are named by proportions and a resolution. */
final class ResultSizes {

    private static final Set<String> RATIOS = Set.of("1:1", "1:2", "2:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4",
            "9:16", "16:9", "9:21", "21:9", "1:4", "4:1", "1:8", "8:1");
    private static final Map<String, Long> RESOLUTIONS = Map.of("512", 1L << 18, "0.5k", 1L << 18, "1k", 1L << 20, "2k",
            1L << 22, "4k", 1L << 24);
    private static final String FOLLOWS_THE_IMAGE = "match_input_image";

    private ResultSizes() {}

    /** The size that a request names; without proportions those of the first image, without a resolution the smaller usual one. */
    static Size of(JsonNode ratio, JsonNode resolution, ImageFacts first) {
        return JsonRequests.size(ratio(ratio).orElse(first.ratio()), pixels(resolution));
    }

    private static Optional<Double> ratio(JsonNode value) {
        if (value.isMissingNode() || value.isNull() || value.asText().equals("auto")
                || value.asText().equals(FOLLOWS_THE_IMAGE)) {
            return Optional.empty();
        }
        String text = value.asText();
        if (!RATIOS.contains(text)) {
            throw ProviderErrors.notAmong("aspect_ratio", text, RATIOS.stream().sorted().toList());
        }
        String[] sides = text.split(":", -1);
        return Optional.of(Double.parseDouble(sides[0]) / Double.parseDouble(sides[1]));
    }

    private static long pixels(JsonNode value) {
        String text = value.isMissingNode() || value.isNull() ? "1k" : value.asText();
        Long pixels = RESOLUTIONS.get(text.toLowerCase(java.util.Locale.ROOT));
        if (pixels == null) {
            throw ProviderErrors.notAmong("resolution", text, RESOLUTIONS.keySet().stream().sorted().toList());
        }
        return pixels;
    }
}
