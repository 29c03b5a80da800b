package dev.retouch.server.normalise;

/**
 * What a model accepts of an image.
 *
 * @param pixels the most pixels
 * @param bytes the first size in bytes that is too large
 */
public record ImageLimits(long pixels, long bytes) {}
