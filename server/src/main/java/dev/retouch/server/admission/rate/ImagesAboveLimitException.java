package dev.retouch.server.admission.rate;

/** Thrown if a request has more images than its limit allows in a minute. A retry cannot succeed. */
public final class ImagesAboveLimitException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String scope;
    private final int images;
    private final int perMinute;

    ImagesAboveLimitException(String scope, int images, int perMinute) {
        super(images + " images at once are more than the " + perMinute + " per minute of " + scope, null, false,
                false);
        this.scope = scope;
        this.images = images;
        this.perMinute = perMinute;
    }

    /** Returns the scope of the limit. */
    public String scope() {
        return scope;
    }

    /** Returns the input and requested images of the request. */
    public int images() {
        return images;
    }

    /** Returns the limit per minute. */
    public int perMinute() {
        return perMinute;
    }
}
