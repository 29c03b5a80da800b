package dev.retouch.mock.model;

import java.util.Optional;

/** The bounds within which a model supports any size. */
public record FreeSizes(int multiple, int maxEdge, int ratio, long minPixels, long maxPixels) {

    /** Returns why this size is rejected, or empty if it is valid. */
    Optional<String> objection(Size size) {
        if (size.width() == 0 || size.height() == 0 || size.width() % multiple != 0 || size.height() % multiple != 0) {
            return Optional.of("Width and height must both be divisible by " + multiple + ".");
        }
        int longer = Math.max(size.width(), size.height());
        if (longer > maxEdge) {
            return Optional.of("The longest edge must be at most " + maxEdge + " pixels.");
        }
        if (longer > (long) ratio * Math.min(size.width(), size.height())) {
            return Optional.of("The ratio of the longer to the shorter edge must be at most " + ratio + ":1.");
        }
        if (size.pixels() < minPixels || size.pixels() > maxPixels) {
            return Optional.of("The number of pixels must be between " + minPixels + " and " + maxPixels + ".");
        }
        return Optional.empty();
    }
}
