package dev.retouch.server.price;

/**
 * The tokens of an edit, as an upstream reports them.
 *
 * @param textInput of the prompt
 * @param imageInput of the images that were sent
 * @param output of the images that were returned
 */
public record TokenUsage(long textInput, long imageInput, long output) {

    /** Nothing. */
    public static final TokenUsage NONE = new TokenUsage(0, 0, 0);

    /** Both together. */
    public TokenUsage plus(TokenUsage other) {
        return new TokenUsage(textInput + other.textInput, imageInput + other.imageInput, output + other.output);
    }
}
