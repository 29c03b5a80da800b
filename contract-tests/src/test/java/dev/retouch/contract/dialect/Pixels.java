package dev.retouch.contract.dialect;

import dev.retouch.contract.harness.Picture;

import static org.assertj.core.api.Assertions.assertThat;

/** Compares pictures pixel by pixel. */
final class Pixels {

    private Pixels() {}

    /** Fails unless the edit left everything as it was, but most of what is fully transparent in the mask. */
    static void assertChangedOnlyWhereTransparent(byte[] input, byte[] mask, Picture after) {
        Picture before = Picture.of(input);
        Picture area = Picture.of(mask);
        int open = 0;
        int changed = 0;
        int changedOutside = 0;
        for (int y = 0; y < after.height(); y++) {
            for (int x = 0; x < after.width(); x++) {
                boolean differs = after.argb(x, y) != before.argb(x, y);
                if (area.alpha(x, y) == 0) {
                    open++;
                    changed += differs ? 1 : 0;
                } else {
                    changedOutside += differs ? 1 : 0;
                }
            }
        }
        assertThat(changedOutside).as("pixels changed where nothing may change").isZero();
        assertThat(open).as("pixels that may change").isPositive();
        assertThat(changed).as("of %d pixels that may change", open).isGreaterThan(open * 9 / 10);
    }
}
