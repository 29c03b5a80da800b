package dev.retouch.server.edit;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

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
 * @param parameters everything else that was given, by wire name, as text
 * @param unknown what was given beside all that and is no parameter of the contract
 * @param json whether it came as JSON and not as a form
 */
public record EditRequest(Optional<String> model, Optional<String> prompt, List<Upload> images, Optional<Upload> mask,
        Map<String, String> parameters, Map<String, String> unknown, boolean json) {

    /** Keeps the order of everything. */
    public EditRequest {
        images = List.copyOf(images);
        parameters = Collections.unmodifiableMap(new LinkedHashMap<>(parameters));
        unknown = Collections.unmodifiableMap(new LinkedHashMap<>(unknown));
    }

    /** A request that came as a form. */
    public EditRequest(Optional<String> model, Optional<String> prompt, List<Upload> images, Optional<Upload> mask,
            Map<String, String> parameters, Map<String, String> unknown) {
        this(model, prompt, images, mask, parameters, unknown, false);
    }

    /** The same request with its images at hand, none of them behind a URL any more. */
    EditRequest with(List<Upload> fetchedImages, Optional<Upload> fetchedMask) {
        return new EditRequest(model, prompt, fetchedImages, fetchedMask, parameters, unknown, json);
    }

    /**
     * An image as it came: the file itself, or where it is.
     *
     * @param param how to name it to the caller, such as {@code image[2]} for the third one
     * @param sent the file, if it was sent
     * @param url where it is, if it was only named
     */
    public record Upload(String param, @Nullable ImageBytes sent, @Nullable String url) {

        /** A file that was sent. */
        public Upload(String param, ImageBytes sent) {
            this(param, sent, null);
        }

        /** An image that has to be fetched. */
        public static Upload at(String param, String url) {
            return new Upload(param, null, url);
        }

        /** The file. */
        public ImageBytes bytes() {
            return Objects.requireNonNull(sent, "an image that was not fetched");
        }
    }
}
