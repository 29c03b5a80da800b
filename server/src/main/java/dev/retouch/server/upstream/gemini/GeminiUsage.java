package dev.retouch.server.upstream.gemini;

import com.fasterxml.jackson.databind.JsonNode;

import dev.retouch.server.price.ReportedUsage;

/**
 * Reads {@code usageMetadata}: tokens by modality. Thoughts are text. Tokens whose modality is not stated count as the kind that costs
 * more, those of images.
 */
final class GeminiUsage {

    private static final String IMAGE = "IMAGE";

    private GeminiUsage() {}

    static ReportedUsage read(JsonNode usage) {
        long promptTotal = number(usage, "promptTokenCount") + number(usage, "toolUsePromptTokenCount");
        long textInput = stated(usage.path("promptTokensDetails"), false);
        long imageInput = stated(usage.path("promptTokensDetails"), true);
        long outputTotal = number(usage, "candidatesTokenCount");
        long textOutput = stated(usage.path("candidatesTokensDetails"), false);
        long imageOutput = stated(usage.path("candidatesTokensDetails"), true);
        long cachedText = Math.min(textInput, stated(usage.path("cacheTokensDetails"), false));
        long cachedImage = stated(usage.path("cacheTokensDetails"), true);
        return new ReportedUsage(textInput, cachedText, imageInput + rest(promptTotal, textInput + imageInput),
                cachedImage, textOutput + number(usage, "thoughtsTokenCount"),
                imageOutput + rest(outputTotal, textOutput + imageOutput), null);
    }

    private static long rest(long total, long stated) {
        return Math.max(0, total - stated);
    }

    /** Tokens of images, or of everything else. */
    private static long stated(JsonNode details, boolean images) {
        long tokens = 0;
        for (JsonNode detail : details) {
            if (IMAGE.equals(detail.path("modality").asText()) == images) {
                tokens += number(detail, "tokenCount");
            }
        }
        return tokens;
    }

    /** A count; one that is not a number of this size makes the usage absurd. */
    private static long number(JsonNode node, String name) {
        JsonNode count = node.path(name);
        return count.isNumber() && !count.canConvertToInt() ? Integer.MAX_VALUE : count.asInt(0);
    }
}
