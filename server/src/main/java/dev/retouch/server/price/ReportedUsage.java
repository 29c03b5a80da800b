package dev.retouch.server.price;

import java.math.BigDecimal;

import org.jspecify.annotations.Nullable;

/**
 * The usage that an upstream reported for an edit: tokens by kind, and its own figure of the cost. The cached tokens of a kind are
 * part of its total. Figures are kept as they were reported, also those that nothing can cost; {@link #isAbsurd} finds them.
 *
 * @param textInput tokens of the prompt
 * @param cachedTextInput tokens of the prompt that the upstream read from its cache
 * @param imageInput tokens of the images that were sent
 * @param cachedImageInput tokens of the images that the upstream read from its cache
 * @param textOutput tokens of text that the model wrote, such as reasoning or an SVG document
 * @param imageOutput tokens of the images that were returned
 * @param reportedCost the cost in US dollars as the upstream states it; null where it states none
 * @param svg tokens of the text model that wrote a vector image, which has separate prices; null where there was none
 */
public record ReportedUsage(long textInput, long cachedTextInput, long imageInput, long cachedImageInput,
        long textOutput, long imageOutput, @Nullable BigDecimal reportedCost, @Nullable SvgUsage svg) {

    /** Nothing was reported. */
    public static final ReportedUsage NONE = new ReportedUsage(0, 0, 0, 0, 0, 0, null);

    /** Above this many tokens a figure is a mistake: no model reads or writes as many for one edit. */
    private static final long MAX_TOKENS = 100_000_000;

    /** The usage of an image model alone. */
    public ReportedUsage(long textInput, long cachedTextInput, long imageInput, long cachedImageInput,
            long textOutput, long imageOutput, @Nullable BigDecimal reportedCost) {
        this(textInput, cachedTextInput, imageInput, cachedImageInput, textOutput, imageOutput, reportedCost, null);
    }

    /**
     * Tokens of the text model that wrote a vector image.
     *
     * @param model its id
     * @param input tokens that it read
     * @param output tokens that it wrote, reasoning included
     */
    public record SvgUsage(String model, long input, long output) {}

    /** The same with the tokens of the text model that wrote a vector image. */
    public ReportedUsage with(SvgUsage written) {
        return new ReportedUsage(textInput, cachedTextInput, imageInput, cachedImageInput, textOutput, imageOutput,
                reportedCost, written);
    }

    /** The same with the tokens of the text model among those of text, as a report counts them. */
    ReportedUsage countingSvgAsText() {
        return svg == null
                ? this
                : new ReportedUsage(sum(textInput, svg.input()), cachedTextInput, imageInput, cachedImageInput,
                        sum(textOutput, svg.output()), imageOutput, reportedCost);
    }

    /** Tokens without cached tokens and without a reported cost. */
    public static ReportedUsage tokens(long textInput, long imageInput, long imageOutput) {
        return new ReportedUsage(textInput, 0, imageInput, 0, 0, imageOutput, null);
    }

    /** Whether tokens were reported from which a delivered image can be priced; an image without output tokens cannot. */
    public boolean hasTokens() {
        return textOutput != 0 || imageOutput != 0;
    }

    /** All input tokens. */
    public long input() {
        return textInput + imageInput;
    }

    /** All output tokens. */
    public long output() {
        return textOutput + imageOutput;
    }

    /** Whether a figure is below zero, above everything that an edit can use, or a part is larger than its whole. */
    public boolean isAbsurd() {
        return isAbsurd(textInput) || isAbsurd(imageInput) || isAbsurd(textOutput) || isAbsurd(imageOutput)
                || cachedTextInput < 0 || cachedTextInput > textInput
                || cachedImageInput < 0 || cachedImageInput > imageInput
                || (reportedCost != null && reportedCost.signum() < 0)
                || (svg != null && (isAbsurd(svg.input()) || isAbsurd(svg.output())));
    }

    private static boolean isAbsurd(long tokens) {
        return tokens < 0 || tokens > MAX_TOKENS;
    }

    /** The sum of both, for an upstream that reports each image on its own. Figures that cannot be added stay absurd. */
    public ReportedUsage plus(ReportedUsage other) {
        return new ReportedUsage(sum(textInput, other.textInput), sum(cachedTextInput, other.cachedTextInput),
                sum(imageInput, other.imageInput), sum(cachedImageInput, other.cachedImageInput),
                sum(textOutput, other.textOutput), sum(imageOutput, other.imageOutput),
                sum(reportedCost, other.reportedCost), svg == null ? other.svg : svg);
    }

    private static long sum(long first, long second) {
        if (first < 0 || second < 0) {
            return -1;
        }
        long sum = first + second;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }

    private static @Nullable BigDecimal sum(@Nullable BigDecimal first, @Nullable BigDecimal second) {
        if (first == null || second == null) {
            return first == null ? second : first;
        }
        return first.signum() < 0 ? first : second.signum() < 0 ? second : first.add(second);
    }
}
