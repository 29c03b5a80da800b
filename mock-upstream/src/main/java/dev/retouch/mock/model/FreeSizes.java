package dev.retouch.mock.model;

import java.util.Optional;

/** Bounds within which a model draws any size. */
public record FreeSizes(int multiple, int longestEdge, int ratio, long fewestPixels, long mostPixels) {

    /** Why this size is refused; empty when it is not. */
    Optional<String> objection(Size size) {
        if (size.width() == 0 || size.height() == 0 || size.width() % multiple != 0 || size.height() % multiple != 0) {
            return Optional.of("Width and height must both be divisible by " + multiple + ".");
        }
        int longer = Math.max(size.width(), size.height());
        if (longer > longestEdge) {
            return Optional.of("The longest edge must be at most " + longestEdge + " pixels.");
        }
        if (longer > (long) ratio * Math.min(size.width(), size.height())) {
            return Optional.of("The ratio of the longer to the shorter edge must be at most " + ratio + ":1.");
        }
        if (size.pixels() < fewestPixels || size.pixels() > mostPixels) {
            return Optional.of("The number of pixels must be between " + fewestPixels + " and " + mostPixels + ".");
        }
        return Optional.empty();
    }
}
