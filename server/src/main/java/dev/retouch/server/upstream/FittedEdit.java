package dev.retouch.server.upstream;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

import dev.retouch.server.model.AspectRule;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;
import dev.retouch.server.upstream.Shortfall.Degree;

/**
 * An edit as an upstream can take it, and how that differs from what was requested.
 *
 * @param edit the edit without what the upstream does not take
 * @param shortfalls what the upstream cannot do as requested
 * @param dropped the parameters of the request that are not sent
 */
public record FittedEdit(UpstreamRequest edit, List<Shortfall> shortfalls, List<String> dropped) {

    /** Values that ask for nothing. */
    private static final Map<String, Set<String>> NEUTRAL = Map.of("quality", Set.of("auto"), "background",
            Set.of("auto"),
            "moderation", Set.of("auto"), "output_compression", Set.of("100"), "stream", Set.of("false"),
            "partial_images", Set.of("0"), "n", Set.of("1"), "size", Set.of("auto"));
    /** Parameters without an effect on the image. */
    private static final Set<String> WITHOUT_EFFECT = Set.of("user", "moderation", "partial_images");
    /** Parameters of the wire between gateway and upstream. */
    private static final Set<String> OF_THE_WIRE = Set.of("response_format", "stream");
    /** Parameters that have a trait. */
    private static final Set<String> WITH_TRAIT = Set.of("n", "size", "output_format");

    /** Copies the lists. */
    public FittedEdit {
        shortfalls = List.copyOf(shortfalls);
        dropped = List.copyOf(dropped);
    }

    /** Fits an edit to the traits of an upstream. */
    static FittedEdit of(UpstreamRequest edit, KindTraits traits) {
        Fitting fitting = new Fitting(edit, traits);
        fitting.images();
        fitting.guides();
        fitting.size();
        fitting.parameters();
        UpstreamRequest fitted = edit.with(fitting.kept, fitting.withoutMask);
        return new FittedEdit(fitted, fitting.shortfalls, fitting.dropped);
    }

    /** The greatest degree of the shortfalls; empty if there are none. */
    Optional<Degree> degree() {
        return shortfalls.stream().map(Shortfall::degree).max(Comparator.naturalOrder());
    }

    /** The shortfalls in words, for a response that was made in spite of them. */
    List<String> warnings() {
        return shortfalls.stream().map(shortfall -> shortfall.degree() == Degree.APPROXIMATE
                ? shortfall.reason()
                : "'" + shortfall.parameter() + "' was left out: " + shortfall.reason()).toList();
    }

    /** The state of fitting one edit. */
    private static final class Fitting {

        private final UpstreamRequest edit;
        private final KindTraits traits;
        private final List<Shortfall> shortfalls = new ArrayList<>();
        private final List<String> dropped = new ArrayList<>();
        private final Map<String, String> kept = new LinkedHashMap<>();
        private boolean withoutMask;

        Fitting(UpstreamRequest edit, KindTraits traits) {
            this.edit = edit;
            this.traits = traits;
        }

        void images() {
            if (traits.maxImages() > 0 && edit.imageCount() > traits.maxImages()) {
                miss("image", "it takes at most " + traits.maxImages() + " input images", Degree.IMPOSSIBLE);
            }
            if (edit instanceof RemoteImageRequest && !traits.takesUrls()) {
                miss("images", "it does not fetch images by URL", Degree.IMPOSSIBLE);
            }
            if (edit instanceof LoadedImageRequest loaded) {
                loaded.images().stream().map(ImagePart::format)
                        .filter(format -> !traits.inputs().contains(format.wireName())).findFirst()
                        .ifPresent(format -> miss("image", "it takes " + listed(traits.inputs()) + ", and no "
                                + format.wireName(), Degree.IMPOSSIBLE));
            }
        }

        void guides() {
            if (edit.hasMask() && traits.mask() == KindTraits.Mask.NONE) {
                withoutMask = true;
                dropped.add("mask");
                miss("mask", "it has no masks", Degree.OMITTABLE);
            }
            if (edit.hasMarkup() && traits.parameters() != null) {
                miss("markup", "it has no markup images", Degree.IMPOSSIBLE);
            }
        }

        void size() {
            String size = edit.parameters().getOrDefault("size", "auto");
            Optional<AspectRule> aspect = edit.model().aspect();
            if (size.equals("auto") || traits.size() == KindTraits.Size.PIXELS) {
                return;
            }
            if (traits.size() == KindTraits.Size.NONE
                    || (traits.size() == KindTraits.Size.ASPECT && aspect.isEmpty())) {
                dropped.add("size");
                miss("size", "it has no choice of sizes", Degree.OMITTABLE);
            } else if (traits.size() == KindTraits.Size.ASPECT) {
                edit.shape().ifPresent(shape -> miss("size",
                        "size " + size + " was sent as the nearest shape " + shape.ratio()
                                + (shape.resolution().isEmpty() ? "" : " at " + shape.resolution()),
                        Degree.APPROXIMATE));
            }
        }

        void parameters() {
            edit.parameters().forEach((name, value) -> {
                if (OF_THE_WIRE.contains(name)) {
                    wire(name, value);
                } else if (name.equals("output_format")) {
                    format(value);
                } else if (name.equals("partial_images") && !traits.streams()) {
                    leaveOut(name, value);
                } else if (WITH_TRAIT.contains(name)) {
                    if (!dropped.contains(name)) {
                        kept.put(name, value);
                    }
                } else if (traits.parameters() == null || traits.parameters().contains(name)) {
                    kept.put(name, value);
                } else {
                    leaveOut(name, value);
                }
            });
        }

        private void wire(String name, String value) {
            boolean taken = name.equals("stream") ? traits.streams() : traits.parameters() == null;
            if (taken) {
                kept.put(name, value);
            }
        }

        private void format(String value) {
            Set<String> outputs = traits.outputs();
            if (outputs != null && outputs.contains(value)) {
                kept.put("output_format", value);
            } else {
                dropped.add("output_format");
                miss("output_format", outputs == null
                        ? "its results have the format that it chooses"
                        : "it returns " + listed(outputs) + ", and no " + value, Degree.OMITTABLE);
            }
        }

        private void leaveOut(String name, String value) {
            if (NEUTRAL.getOrDefault(name, Set.of()).contains(value)) {
                return;
            }
            dropped.add(name);
            if (!WITHOUT_EFFECT.contains(name)) {
                miss(name, "it does not take this parameter", Degree.OMITTABLE);
            }
        }

        private void miss(String parameter, String reason, Degree degree) {
            shortfalls.add(new Shortfall(parameter, reason, degree));
        }

        private static String listed(Set<String> names) {
            return String.join(", ", new TreeSet<>(names));
        }
    }
}
