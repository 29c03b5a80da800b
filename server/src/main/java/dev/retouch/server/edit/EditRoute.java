package dev.retouch.server.edit;

import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Stream;

import dev.retouch.server.answer.FormatConverter;
import dev.retouch.server.answer.MaskEnforcer;
import dev.retouch.server.image.Dimensions;
import dev.retouch.server.upstream.Upstream;
import dev.retouch.server.upstream.UpstreamRequest;

/**
 * A way to run an edit: a model, its upstreams, and what they are sent.
 *
 * @param plan the plan for the model
 * @param upstream the upstreams that can run it, as one
 * @param edit makes the edit that is sent; called when the edit is sent
 * @param images the dimensions of the images that are sent
 * @param markup the dimensions of the markup image, if there is one
 * @param mask restores what the mask keeps; empty if it is not enforced
 * @param converter converts results to the format that the client asked for; empty if the upstream returns it
 * @param size the size that the client asked for; empty if the client gets the size that the upstream or the gateway chooses
 * @param notes how the edit that is sent differs from what was requested, for the client
 */
record EditRoute(EditPlan plan, Upstream upstream, Supplier<UpstreamRequest> edit, List<Dimensions> images,
        Optional<Dimensions> markup, Optional<MaskEnforcer> mask,
        Optional<FormatConverter> converter, Optional<String> size, List<String> notes) {

    /** Copies the lists. */
    EditRoute {
        images = List.copyOf(images);
        notes = List.copyOf(notes);
    }

    /** The same route with a further note, before the others. */
    EditRoute noting(String note) {
        return new EditRoute(plan, upstream, edit, images, markup, mask, converter, size,
                Stream.concat(Stream.of(note), notes.stream()).toList());
    }

    /** The same route at these upstreams. */
    EditRoute at(Upstream upstreams) {
        return new EditRoute(plan, upstreams, edit, images, markup, mask, converter, size, notes);
    }

    /**
     * The same route with converted images.
     *
     * @param other the plan, which drops what conversions do not take
     * @param sent makes the edit that is sent
     * @param results converts results; empty if they are not converted
     */
    EditRoute converting(EditPlan other, Supplier<UpstreamRequest> sent, Optional<FormatConverter> results,
            List<String> more) {
        return new EditRoute(other, upstream, sent, images, markup, mask, results, size,
                Stream.concat(notes.stream(), more.stream()).toList());
    }
}
