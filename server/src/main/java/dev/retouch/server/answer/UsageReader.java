package dev.retouch.server.answer;

import java.math.BigDecimal;
import java.math.BigInteger;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

import dev.retouch.server.price.ReportedUsage;

/**
 * Reads the figures of an OpenAI-compatible {@code usage} object: tokens by kind whatever the order of its members, cached tokens, and
 * a cost in dollars ({@code cost}) or in ticks of which a dollar has ten thousand million ({@code cost_in_usd_ticks}). Where the
 * upstream does not say which kind tokens are, they count as the kind that costs more: those of images.
 */
final class UsageReader {

    private static final BigInteger MAX_LONG = BigInteger.valueOf(Long.MAX_VALUE);
    private static final int TICKS_SCALE = 10;
    private static final long NOT_GIVEN = Long.MIN_VALUE;

    private UsageReader() {}

    /** The figures of a usage object. */
    static ReportedUsage read(JsonNode usage) {
        JsonNode inputDetails = first(usage, "input_tokens_details", "prompt_tokens_details");
        JsonNode outputDetails = first(usage, "output_tokens_details", "completion_tokens_details");
        Split input = Split.of(first(usage, "input_tokens", "prompt_tokens"), inputDetails);
        Split output = Split.of(first(usage, "output_tokens", "completion_tokens"), outputDetails);
        Split cached = cached(usage, inputDetails, input);
        return new ReportedUsage(input.text, cached.text, input.image, cached.image, output.text, output.image,
                cost(usage));
    }

    /** The cost that a document or a usage object states; null where it states none. */
    static @Nullable BigDecimal cost(JsonNode node) {
        JsonNode ticks = node.path("cost_in_usd_ticks");
        if (ticks.isNumber()) {
            return ticks.decimalValue().movePointLeft(TICKS_SCALE);
        }
        JsonNode cost = node.path("cost");
        return cost.isNumber() ? cost.decimalValue() : null;
    }

    private static Split cached(JsonNode usage, JsonNode inputDetails, Split input) {
        JsonNode details = first(inputDetails, "cached_tokens_details");
        details = details.isMissingNode()
                ? first(usage, "cached_tokens_details", "input_cached_tokens_details")
                : details;
        if (details.isObject()) {
            return new Split(Math.max(0, number(details, "text_tokens")), Math.max(0, number(details, "image_tokens")));
        }
        JsonNode total = first(inputDetails, "cached_tokens");
        long cached = number(total.isMissingNode() ? first(usage, "cached_tokens", "input_cached_tokens") : total);
        if (cached <= 0) {
            return new Split(0, 0);
        }
        long text = Math.min(cached, Math.max(0, input.text));
        return new Split(text, cached - text);
    }

    /** The member that is there under one of these names, and not null. */
    private static JsonNode first(JsonNode node, String... names) {
        for (String name : names) {
            if (node.hasNonNull(name)) {
                return node.get(name);
            }
        }
        return node.path("");
    }

    private static long number(JsonNode node, String name) {
        return number(node.path(name));
    }

    /** A whole number, {@link Long#MAX_VALUE} for one that is larger, {@code -1} for one below zero. */
    private static long number(JsonNode node) {
        if (!node.isNumber()) {
            return NOT_GIVEN;
        }
        BigInteger value = node.isIntegralNumber() ? node.bigIntegerValue() : node.decimalValue().toBigInteger();
        return value.signum() < 0 ? -1 : value.min(MAX_LONG).longValue();
    }

    /** Tokens of text and of images. */
    private record Split(long text, long image) {

        static Split of(JsonNode total, JsonNode details) {
            long all = number(total);
            long text = number(details, "text_tokens");
            long image = number(details, "image_tokens");
            if (all == NOT_GIVEN) {
                return new Split(text == NOT_GIVEN ? 0 : text, image == NOT_GIVEN ? 0 : image);
            }
            if (all < 0) {
                return new Split(0, all);
            }
            if (text == -1 || image == -1) {
                return new Split(0, -1);
            }
            if (text != NOT_GIVEN && image == NOT_GIVEN && text <= all) {
                return new Split(text, all - text);
            }
            if (image != NOT_GIVEN && text == NOT_GIVEN && image <= all) {
                return new Split(all - image, image);
            }
            boolean adds = text != NOT_GIVEN && image != NOT_GIVEN && text <= all && image == all - text;
            return adds ? new Split(text, image) : new Split(0, all);
        }
    }

    /** The usage of a document: its usage object, and a cost that may be beside it. */
    static @Nullable AnswerUsage of(@Nullable JsonNode usage, ObjectNode besides) {
        BigDecimal beside = cost(besides);
        if (usage instanceof ObjectNode object) {
            ReportedUsage read = withSvg(read(object), besides.path("svg_usage"));
            return new AnswerUsage(read.reportedCost() != null || beside == null ? read : withCost(read, beside),
                    object);
        }
        return beside == null ? null : new AnswerUsage(withCost(ReportedUsage.NONE, beside), null);
    }

    private static ReportedUsage withCost(ReportedUsage usage, BigDecimal cost) {
        return new ReportedUsage(usage.textInput(), usage.cachedTextInput(), usage.imageInput(),
                usage.cachedImageInput(), usage.textOutput(), usage.imageOutput(), cost, usage.svg());
    }

    /** The usage with the tokens of the text model that wrote a vector image; OpenAI reports them beside those of the image. */
    private static ReportedUsage withSvg(ReportedUsage usage, JsonNode svg) {
        return svg.isObject()
                ? usage.with(new ReportedUsage.SvgUsage(svg.path("model").asText(), known(svg, "input_tokens"),
                        known(svg, "output_tokens")))
                : usage;
    }

    private static long known(JsonNode node, String name) {
        long number = number(node, name);
        return number == NOT_GIVEN ? 0 : number;
    }
}
