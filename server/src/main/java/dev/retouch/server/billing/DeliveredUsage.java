package dev.retouch.server.billing;

/**
 * What an upstream has delivered for an edit. The cached tokens of a kind are part of its total. Tokens are 0 where the upstream
 * reports none.
 *
 * @param images how many images
 * @param textInputTokens tokens of the prompt
 * @param cachedTextInputTokens tokens of the prompt that were cached
 * @param imageInputTokens tokens of the images sent
 * @param cachedImageInputTokens tokens of the images sent that were cached
 * @param textOutputTokens tokens of text
 * @param imageOutputTokens tokens of the images delivered
 */
public record DeliveredUsage(long images, long textInputTokens, long cachedTextInputTokens, long imageInputTokens,
        long cachedImageInputTokens, long textOutputTokens, long imageOutputTokens) {

    /** Nothing is known to be delivered. */
    static final DeliveredUsage NOTHING = new DeliveredUsage(0, 0, 0, 0);

    /** Rejects negative counts. */
    public DeliveredUsage {
        if (images < 0 || textInputTokens < 0 || cachedTextInputTokens < 0 || imageInputTokens < 0
                || cachedImageInputTokens < 0 || textOutputTokens < 0 || imageOutputTokens < 0) {
            throw new IllegalArgumentException("what is delivered must not be below zero");
        }
    }

    /** Without cached tokens and text output. */
    public DeliveredUsage(long images, long textInputTokens, long imageInputTokens, long imageOutputTokens) {
        this(images, textInputTokens, 0, imageInputTokens, 0, 0, imageOutputTokens);
    }

    /** All output tokens. */
    long outputTokens() {
        return Math.addExact(textOutputTokens, imageOutputTokens);
    }
}
