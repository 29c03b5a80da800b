package dev.retouch.server.image;

/** Width and height in pixels. */
public record Dimensions(int width, int height) {

    /** The dimensions of an image that the gateway has not read, for example one that the upstream fetches. */
    public static final Dimensions UNKNOWN = new Dimensions(0, 0);
}
