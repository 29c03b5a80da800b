package dev.retouch.server.model;

import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The shapes of a model that takes proportions instead of pixels.
 *
 * @param ratios the proportions of width and height, such as {@code 3:2}
 * @param resolutions the names of the resolutions with their pixels, the smallest first; empty if the model has no choice
 */
public record AspectRule(List<String> ratios, Map<String, Long> resolutions) {

    /** Rejects a rule without proportions, and resolutions that are not in ascending order. */
    public AspectRule {
        ratios = List.copyOf(ratios);
        resolutions = resolutions == null
                ? Map.of()
                : Collections.unmodifiableMap(new LinkedHashMap<>(resolutions));
        if (ratios.isEmpty() || !ratios.stream().allMatch(ratio -> ratio.matches("[1-9]\\d{0,2}:[1-9]\\d{0,2}"))) {
            throw new IllegalArgumentException("ratios must look like 3:2, and there must be at least one");
        }
        List<Long> pixels = List.copyOf(resolutions.values());
        if (pixels.stream().anyMatch(area -> area < 1) || !pixels.equals(pixels.stream().sorted().toList())) {
            throw new IllegalArgumentException("resolutions must be in ascending order of their pixels");
        }
    }

    /**
     * A shape of the model.
     *
     * @param ratio the proportions
     * @param resolution the name of the resolution; empty if the model has no choice
     */
    public record Shape(String ratio, String resolution) {}

    /** The nearest proportions, and the smallest resolution with at least as many pixels; the largest if there is none. */
    public Shape nearest(PixelSize size) {
        String ratio = ratios.stream()
                .min(Comparator.comparingDouble(
                        candidate -> Math.abs(Math.log(value(candidate) * size.height() / size.width()))))
                .orElseThrow();
        String resolution = "";
        for (Map.Entry<String, Long> candidate : resolutions.entrySet()) {
            resolution = candidate.getKey();
            if (candidate.getValue() >= size.pixels()) {
                break;
            }
        }
        return new Shape(ratio, resolution);
    }

    /** Width by height of proportions such as {@code 3:2}. */
    public static double value(String ratio) {
        int colon = ratio.indexOf(':');
        return Double.parseDouble(ratio.substring(0, colon)) / Double.parseDouble(ratio.substring(colon + 1));
    }
}
