package dev.retouch.mock.edit;

import java.util.Collection;
import java.util.Set;

import dev.retouch.mock.error.Refusals;
import dev.retouch.mock.model.Family;

/** The names of an edit's parameters, apart from its images. */
final class EditParameters {

    /** Every model takes these. */
    private static final Set<String> COMMON = Set.of("prompt", "model", "n", "size", "quality", "user");
    /** Only some models take these; the data file says which. */
    private static final Set<String> PARTICULAR = Set.of("background", "output_format", "output_compression",
            "input_fidelity", "moderation", "stream", "partial_images", "response_format");

    private EditParameters() {}

    static void refuseUnknown(String name) {
        if (!COMMON.contains(name) && !PARTICULAR.contains(name)) {
            throw Refusals.unknownParameter(name);
        }
    }

    static void refuseForeign(Collection<String> names, Family family) {
        names.stream().sorted().filter(name -> !COMMON.contains(name) && !family.parameters().contains(name))
                .findFirst().ifPresent(name -> {
                    throw Refusals.unknownParameter(name);
                });
    }
}
