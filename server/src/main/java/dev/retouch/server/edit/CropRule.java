package dev.retouch.server.edit;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

import dev.retouch.server.image.Dimensions;
import dev.retouch.server.image.pixels.PixelBox;
import dev.retouch.server.model.AspectRule;
import dev.retouch.server.model.ModelEntry;
import dev.retouch.server.model.PixelSize;
import dev.retouch.server.model.SizeRule;

/**
 * Chooses the part of the first image that a model without masks edits. It has everything that may change and, on each side, a context of
 * half the longer side of that, at least {@link #LEAST_CONTEXT} pixels; then it is extended to proportions of the model.
 */
final class CropRule {

    /** Pixels around the mask that a model sees at least, if the image has so many. */
    static final int LEAST_CONTEXT = 64;
    /** Models do badly with fewer pixels; a smaller part is sent scaled up. */
    private static final long LEAST_PIXELS = 512 * 512;
    /** The pixels that are sent at most, unless the client asks for a larger size. */
    private static final long MOST_PIXELS = 1024 * 1024;

    private CropRule() {}

    /**
     * A part, and how it is sent.
     *
     * @param part the part of the first image
     * @param sent the size that it is scaled to
     * @param size the value of the parameter {@code size}: the size that it is sent in; empty if the model has no such size
     */
    record Crop(PixelBox part, Dimensions sent, Optional<String> size) {

        /** The same part in the size that it has, for an upstream without a choice of sizes. */
        Crop withoutSize() {
            return new Crop(part, new Dimensions(part.width(), part.height()), Optional.empty());
        }
    }

    /** Proportions of a model, with the only size that it has in them; the size is empty if the model has others. */
    private record Shape(double ratio, Optional<PixelSize> only) {}

    /**
     * Chooses a part.
     *
     * @param open the smallest rectangle with everything that may change
     * @param image the size of the image
     * @param asked the size that the client asked for, which bounds what is sent
     */
    static Crop of(PixelBox open, Dimensions image, ModelEntry model, Optional<PixelSize> asked) {
        int context = Math.max(LEAST_CONTEXT, Math.max(open.width(), open.height()) / 2);
        PixelBox need = open.grown(context, image.width(), image.height());
        List<Shape> shapes = shapes(model, need);
        Optional<PixelBox> fitting = shapes.stream().flatMap(shape -> extended(need, shape.ratio(), image).stream())
                .min(Comparator.comparingLong(PixelBox::pixels));
        PixelBox part = fitting.orElse(need);
        double ratio = (double) part.width() / part.height();
        Shape nearest = shapes.stream()
                .min(Comparator.comparingDouble(shape -> Math.abs(Math.log(shape.ratio() / ratio))))
                .orElseGet(() -> new Shape(ratio, Optional.empty()));
        Optional<PixelSize> size = nearest.only().or(() -> size(model.sizes(), nearest.ratio(), part.pixels(), asked));
        return new Crop(part, size.map(pixels -> new Dimensions(pixels.width(), pixels.height()))
                .orElse(new Dimensions(part.width(), part.height())), size.map(PixelSize::toString));
    }

    /** The proportions that the model takes: those of its rule, those of its only sizes, or those of the part within its bounds. */
    private static List<Shape> shapes(ModelEntry model, PixelBox need) {
        SizeRule.Flexible bounds = model.sizes().flexible();
        if (bounds == null) {
            return model.sizes().values().stream().flatMap(value -> SizeRule.parse(value).stream())
                    .map(size -> new Shape((double) size.width() / size.height(), Optional.of(size))).toList();
        }
        AspectRule aspect = model.aspect();
        double most = bounds.maxRatio();
        double own = Math.clamp((double) need.width() / need.height(), 1 / most, most);
        Stream<Double> ratios = aspect == null ? Stream.of(own) : aspect.ratios().stream().map(AspectRule::value);
        return ratios.filter(ratio -> ratio <= most && ratio >= 1 / most)
                .map(ratio -> new Shape(ratio, Optional.empty())).toList();
    }

    /** The smallest part with these proportions around another; empty if the image is too small for it. */
    private static Optional<PixelBox> extended(PixelBox need, double ratio, Dimensions image) {
        int wide = Math.max(need.width(), (int) Math.round(need.height() * ratio));
        int high = Math.max(need.height(), (int) Math.round(need.width() / ratio));
        return wide <= image.width() && high <= image.height()
                ? Optional.of(need.resized(wide, high, image.width(), image.height()))
                : Optional.empty();
    }

    /** A size of the model in these proportions with about as many pixels as the part; empty if there is none. */
    private static Optional<PixelSize> size(SizeRule rule, double ratio, long pixels, Optional<PixelSize> asked) {
        SizeRule.Flexible bounds = rule.flexible();
        if (bounds == null) {
            return Optional.empty();
        }
        long most = Math.min(asked.map(PixelSize::pixels).orElse(MOST_PIXELS), bounds.maxPixels());
        long target = Math.clamp(pixels, Math.min(LEAST_PIXELS, most), most);
        int multiple = bounds.edgeMultiple();
        double scale = Math.min(1, bounds.maxEdge() / (Math.sqrt(target * ratio) * Math.max(1, 1 / ratio)));
        int wide = multiples(Math.sqrt(target * ratio) * scale, multiple);
        int high = multiples(Math.sqrt(target / ratio) * scale, multiple);
        PixelSize size = new PixelSize(wide, high);
        return rule.violation(size.toString()).isEmpty() ? Optional.of(size) : Optional.empty();
    }

    private static int multiples(double pixels, int multiple) {
        return Math.max(multiple, ((int) (pixels / multiple)) * multiple);
    }
}
