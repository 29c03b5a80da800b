package dev.retouch.mock.picture;

/** Arithmetic on ARGB pixels. */
final class Colors {

    private Colors() {}

    /** Mixes {@code one} (share 0) and {@code other} (share 1) per channel. */
    static int mix(int one, int other, float share) {
        int result = 0;
        for (int shift = 0; shift < 32; shift += 8) {
            int from = (one >>> shift) & 0xFF;
            int to = (other >>> shift) & 0xFF;
            result |= Math.round(from + (to - from) * share) << shift;
        }
        return result;
    }

    /** Perceived brightness, 0 to 1. */
    static float luminance(int argb) {
        return (0.299f * ((argb >>> 16) & 0xFF) + 0.587f * ((argb >>> 8) & 0xFF) + 0.114f * (argb & 0xFF)) / 255f;
    }

    /** The colour scaled in brightness, opaque. */
    static int shade(int rgb, float factor) {
        int result = 0xFF000000;
        for (int shift = 0; shift < 24; shift += 8) {
            result |= Math.min(255, Math.round(((rgb >>> shift) & 0xFF) * factor)) << shift;
        }
        return result;
    }
}
