package dev.retouch.mock.model;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

import org.jspecify.annotations.Nullable;

import dev.retouch.mock.error.ProviderErrors;

/** The rules that several models share, from the data file. */
public record Family(int promptLimit, ImageLimits images, boolean transparencyIsMask, Set<String> parameters,
        List<String> sizes, @Nullable FreeSizes free, String defaultSize, List<String> qualities, String autoQuality,
        boolean reportsUsage, List<String> backgrounds, List<String> formats, List<String> svgModels,
        @Nullable OutputTokens outputTokens) {

    private static final String AUTO = "auto";

    /** The limits of an input image; its size must be less than {@code belowBytes}. */
    public record ImageLimits(int max, List<String> formats, long belowBytes, boolean square) {}

    public Family {
        parameters = Set.copyOf(parameters);
        sizes = List.copyOf(sizes);
        qualities = List.copyOf(qualities);
        backgrounds = backgrounds == null ? List.of() : List.copyOf(backgrounds);
        formats = formats == null ? List.of() : List.copyOf(formats);
        svgModels = svgModels == null ? List.of() : List.copyOf(svgModels);
        if (reportsUsage && outputTokens == null) {
            throw new IllegalArgumentException("a family that reports usage needs output_tokens");
        }
    }

    /** The size of each frame of an animation, or empty for {@code auto}. The whole sheet must be within the bounds. */
    public Optional<Size> frameSize(@Nullable String asked, FrameSheet sheet) {
        String value = asked == null ? defaultSize : asked;
        if (value.equals(AUTO)) {
            return Optional.empty();
        }
        Optional<Size> frame = Size.parse(value);
        FreeSizes bounds = free;
        if (bounds == null || frame.isEmpty()) {
            throw ProviderErrors.notAmong("size", value, sizes);
        }
        bounds.objection(sheet.of(frame.get())).ifPresent(why -> {
            throw ProviderErrors.invalidValue("size",
                    "Invalid size '" + value + "' for an animation: its sheet would be "
                            + sheet.of(frame.get()) + ". " + why);
        });
        return frame;
    }

    /** Returns the size of the result, or empty for {@code auto}: the size then depends on the input, see {@link #nearestListed}. */
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
            throw ProviderErrors.notAmong("size", value, sizes);
        }
        bounds.objection(size.get()).ifPresent(why -> {
            throw ProviderErrors.invalidValue("size", "Invalid size '" + value + "'. " + why);
        });
        return size;
    }

    /** The listed size whose proportions are closest to the input's. */
    public Size nearestListed(double ratio) {
        return sizes.stream().map(Size::parse).flatMap(Optional::stream)
                .min(Comparator.comparingDouble(size -> Math.abs(Math.log(size.ratio() / ratio)))).orElseThrow();
    }
}
