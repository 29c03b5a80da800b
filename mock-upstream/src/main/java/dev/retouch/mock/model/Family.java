package dev.retouch.mock.model;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.retouch.mock.error.Refusals;

/** The rules that a group of models shares, as the data file states them. */
public record Family(int promptLimit, ImageLimits images, boolean transparencyIsMask, Set<String> parameters,
        List<String> sizes, @Nullable FreeSizes free, String defaultSize, List<String> qualities, String autoQuality,
        boolean reportsUsage) {

    private static final String AUTO = "auto";

    /** What an input image must be; a byte count of exactly {@code belowBytes} is already too much. */
    public record ImageLimits(int most, List<String> formats, long belowBytes, boolean square) {}

    public Family {
        parameters = Set.copyOf(parameters);
        sizes = List.copyOf(sizes);
        qualities = List.copyOf(qualities);
    }

    /** The size to draw, or empty for {@code auto}: then the input decides, see {@link #nearestListed}. */
    public Optional<Size> size(@Nullable String asked) {
        String value = asked == null ? defaultSize : asked;
        if (value.equals(AUTO) && sizes.contains(AUTO)) {
            return Optional.empty();
        }
        Optional<Size> size = Size.parse(value);
        if (size.isPresent() && sizes.contains(value)) {
            return size;
        }
        FreeSizes bounds = free;
        if (bounds == null || size.isEmpty()) {
            throw Refusals.notAmong("size", value, sizes);
        }
        bounds.objection(size.get()).ifPresent(why -> {
            throw Refusals.invalidValue("size", "Invalid size '" + value + "'. " + why);
        });
        return size;
    }

    /** The listed size whose proportions are closest to the input's. */
    public Size nearestListed(double ratio) {
        return sizes.stream().map(Size::parse).flatMap(Optional::stream)
                .min(Comparator.comparingDouble(size -> Math.abs(Math.log(size.ratio() / ratio)))).orElseThrow();
    }
}
