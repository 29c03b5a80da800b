package dev.retouch.server.billing;

/**
 * What an upstream has delivered for an edit.
 *
 * @param images how many images
 * @param textInputTokens tokens of the prompt, 0 where the upstream does not count
 * @param imageInputTokens tokens of the images sent
 * @param outputTokens tokens of the images delivered
 */
public record Delivered(long images, long textInputTokens, long imageInputTokens, long outputTokens) {

    /** Nothing, as far as anybody knows. */
    static final Delivered NOTHING = new Delivered(0, 0, 0, 0);

    /** Refuses counts below zero. */
    public Delivered {
        if (images < 0 || textInputTokens < 0 || imageInputTokens < 0 || outputTokens < 0) {
            throw new IllegalArgumentException("what is delivered must not be below zero");
        }
    }
}
