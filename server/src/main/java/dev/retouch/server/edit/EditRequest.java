package dev.retouch.server.edit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.image.ImageBytes;

/**
 * An edit as the caller asked for it, whatever form it came in. Nothing is filled in and nothing is checked yet, but that
 * there is an image.
 *
 * @param model the model, if one was named
 * @param prompt what to change, if it was said
 * @param images the images in their order, at least one
 * @param mask the mask, if there is one
 * @param markup the markup image, if there is one
 * @param parameters everything else that was given, by wire name, as text
 * @param unknown what was given beside all that and is no parameter of the contract
 * @param json whether it came as JSON and not as a form
 */
public record EditRequest(Optional<String> model, Optional<String> prompt, List<Upload> images, Optional<Upload> mask,
        Optional<Upload> markup, Map<String, String> parameters, Map<String, String> unknown, boolean json) {

    /** Copies the collections. */
    public EditRequest {
        images = List.copyOf(images);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        unknown = Collections.unmodifiableMap(new LinkedHashMap<>(unknown));
    }

    /** A request without a markup image. */
    public EditRequest(Optional<String> model, Optional<String> prompt, List<Upload> images, Optional<Upload> mask,
            Map<String, String> parameters, Map<String, String> unknown, boolean json) {
        this(model, prompt, images, mask, Optional.empty(), parameters, unknown, json);
    }

    /** A request that came as a form, without a markup image. */
    public EditRequest(Optional<String> model, Optional<String> prompt, List<Upload> images, Optional<Upload> mask,
            Map<String, String> parameters, Map<String, String> unknown) {
        this(model, prompt, images, mask, parameters, unknown, false);
    }

    /** The same request with a chosen outcome of the sandbox, as the header says it. */
    public EditRequest withTestOutcome(String outcome) {
        Map<String, String> all = new LinkedHashMap<>(parameters);
        all.put(TestOutcome.HEADER, outcome);
        return withParameters(all);
    }

    /** The same request for another model. */
    EditRequest withModel(String other) {
        return new EditRequest(Optional.of(other), prompt, images, mask, markup, parameters, unknown, json);
    }

    /** The same request with other parameters. */
    public EditRequest withParameters(Map<String, String> others) {
        return new EditRequest(model, prompt, images, mask, markup, others, unknown, json);
    }

    /** The same request without its mask. */
    EditRequest withoutMask() {
        return new EditRequest(model, prompt, images, Optional.empty(), markup, parameters, unknown, json);
    }

    /** The same request with its images loaded, none of them behind a URL any more. */
    EditRequest with(List<Upload> fetchedImages, Optional<Upload> fetchedMask, Optional<Upload> fetchedMarkup) {
        return new EditRequest(model, prompt, fetchedImages, fetchedMask, fetchedMarkup, parameters, unknown, json);
    }

    /** The images beside those that are edited: the mask and the markup image. */
    List<Upload> guides() {
        return Stream.concat(mask.stream(), markup.stream()).toList();
    }

    /**
     * An input image: its bytes or its URL.
     *
     * @param param the parameter for error messages, such as {@code image[2]} for the third image
     * @param sent the bytes; null for a remote image
     * @param url the URL of a remote image; null for an uploaded or inline image
     */
    public record Upload(String param, @Nullable ImageBytes sent, @Nullable String url) {

        /** An uploaded or inline image. */
        public Upload(String param, ImageBytes sent) {
            this(param, sent, null);
        }

        /** A remote image. */
        public static Upload at(String param, String url) {
            return new Upload(param, null, url);
        }

        /** The bytes. */
        public ImageBytes bytes() {
            return Objects.requireNonNull(sent, "an image that was not fetched");
        }
    }
}
