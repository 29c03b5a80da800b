package dev.retouch.server.price;

import java.util.OptionalLong;

import dev.retouch.server.image.Dimensions;
import dev.retouch.server.model.PixelSize;
import dev.retouch.server.model.SizeRule;

/** Counts the megapixels that are priced for one image of an edit: those of the result and of the images that are sent. */
final class Megapixels {

    private static final long MEGAPIXEL = 1_000_000;

    private Megapixels() {}

    /** The fewest that there can be. */
    static long least(PriceInput edit) {
        OptionalLong size = size(edit);
        return size.isPresent() ? rounded(size.getAsLong()) : 1;
    }

    /** The most for the size that is asked for. */
    static long of(PriceInput edit) {
        OptionalLong size = size(edit);
        return rounded(size.orElseGet(() -> largest(edit))) + sent(edit);
    }

    /** The most for any size. */
    static long most(PriceInput edit) {
        return rounded(largest(edit)) + sent(edit);
    }

    private static OptionalLong size(PriceInput edit) {
        String size = edit.parameters().getOrDefault("size", edit.entry().sizes().defaultSize());
        return SizeRule.parse(size).map(pixels -> OptionalLong.of(pixels.pixels())).orElse(OptionalLong.empty());
    }

    private static long largest(PriceInput edit) {
        SizeRule.Flexible free = edit.entry().sizes().flexible();
        return free != null
                ? free.maxPixels()
                : edit.entry().sizes().values().stream().flatMap(size -> SizeRule.parse(size).stream())
                        .mapToLong(PixelSize::pixels).max().orElse(MEGAPIXEL);
    }

    /** An image that the upstream fetches counts as large as a result can be. */
    private static long sent(PriceInput edit) {
        return edit.images().stream().mapToLong(image -> image.equals(Dimensions.UNKNOWN)
                ? largest(edit)
                : (long) image.width() * image.height()).map(Megapixels::rounded).sum();
    }

    private static long rounded(long pixels) {
        return Math.max(1, Math.ceilDiv(pixels, MEGAPIXEL));
    }
}
