package dev.retouch.mock.edit;

import java.util.Collection;
import java.util.Set;

import dev.retouch.mock.error.ProviderErrors;
import dev.retouch.mock.model.Family;

/** The names of an edit's parameters, apart from its images. */
final class EditParameters {

    /** How a form names the members of {@code svg}. */
    static final String SVG_MODEL = "svg[model]";
    static final String SVG_EFFORT = "svg[reasoning][effort]";

    /** The parameters that all models accept. */
    private static final Set<String> COMMON = Set.of("prompt", "model", "n", "size", "quality", "user");
    /** The parameters that only some models accept, as listed in the data file. */
    private static final Set<String> PARTICULAR = Set.of("background", "output_format", "output_compression",
            "input_fidelity", "moderation", "stream", "partial_images", "response_format", "complexity", "frame_count",
            "frame_duration_ms", "svg", SVG_MODEL, SVG_EFFORT);

    private EditParameters() {}

    static void refuseUnknown(String name) {
        if (!COMMON.contains(name) && !PARTICULAR.contains(name)) {
            throw ProviderErrors.unknownParameter(name);
        }
    }

    static void refuseForeign(Collection<String> names, Family family) {
        names.stream().sorted()
                .filter(name -> !COMMON.contains(name) && !family.parameters().contains(name.replaceAll("\\[.*", "")))
                .findFirst().ifPresent(name -> {
                    throw ProviderErrors.unknownParameter(name);
                });
    }
}
