package dev.retouch.server.admission;

/** One request has more images than the limit lets through in a whole minute, so waiting does not help. */
public final class TooManyImagesForLimitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String scope;
    private final int images;
    private final int perMinute;

    TooManyImagesForLimitException(String scope, int images, int perMinute) {
        super(images + " images at once are more than the " + perMinute + " per minute of " + scope, null, false,
                false);
        this.scope = scope;
        this.images = images;
        this.perMinute = perMinute;
    }

    /** Whose limit it is. */
    public String scope() {
        return scope;
    }

    /** How many images the request has, those that come in and those that are asked for. */
    public int images() {
        return images;
    }

    /** The limit. */
    public int perMinute() {
        return perMinute;
    }
}
