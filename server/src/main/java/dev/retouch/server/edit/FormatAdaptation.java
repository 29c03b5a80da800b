package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.image.ImageFormat;
import dev.retouch.server.upstream.LoadedImageRequest;
import dev.retouch.server.upstream.LoadedImageRequest.ImagePart;
import dev.retouch.server.upstream.UpstreamRequest;

/**
 * Formats of images that the gateway converts, so that an upstream can take an edit.
 *
 * @param inputs whether WebP images are sent as PNG
 * @param sent the format that the upstream is asked for; empty to let it choose
 * @param output the format that results are converted to; empty if they are not converted
 */
record FormatAdaptation(boolean inputs, Optional<ImageFormat> sent, Optional<ImageFormat> output) {

    private static final String FORMAT = "output_format";
    private static final String COMPRESSION = "output_compression";

    /** The conversions that may help an edit, those that change the least first. */
    static List<FormatAdaptation> of(UpstreamRequest edit) {
        boolean webp = edit instanceof LoadedImageRequest loaded
                && loaded.images().stream().anyMatch(image -> image.format() == ImageFormat.WEBP);
        Optional<ImageFormat> asked = Optional.ofNullable(edit.parameters().get(FORMAT))
                .flatMap(ImageFormat::ofWireName)
                .filter(ImageFormat::editable);
        List<FormatAdaptation> all = new ArrayList<>();
        if (webp) {
            all.add(new FormatAdaptation(true, Optional.empty(), Optional.empty()));
        }
        for (boolean inputs : webp ? new boolean[]{false, true} : new boolean[]{false}) {
            asked.ifPresent(format -> {
                if (format != ImageFormat.PNG) {
                    all.add(new FormatAdaptation(inputs, Optional.of(ImageFormat.PNG), asked));
                }
                all.add(new FormatAdaptation(inputs, Optional.empty(), asked));
            });
        }
        return all;
    }

    /** The edit with other parameters, and with its images as they will be once they are converted. */
    UpstreamRequest announced(UpstreamRequest edit) {
        UpstreamRequest adapted = withParameters(edit);
        return adapted instanceof LoadedImageRequest loaded && inputs
                ? loaded.withImages(loaded.images().stream()
                        .map(image -> image.format() == ImageFormat.WEBP
                                ? new ImagePart(image.bytes(), ImageFormat.PNG)
                                : image)
                        .toList())
                : adapted;
    }

    /** The edit with other parameters. */
    UpstreamRequest withParameters(UpstreamRequest edit) {
        if (output.isEmpty()) {
            return edit;
        }
        Map<String, String> parameters = new LinkedHashMap<>(edit.parameters());
        parameters.remove(FORMAT);
        parameters.remove(COMPRESSION);
        sent.ifPresent(format -> parameters.put(FORMAT, format.wireName()));
        return edit.with(parameters, false);
    }

    /** The parameters that are not sent and have no effect on what is converted. */
    List<String> dropped(UpstreamRequest edit) {
        return output.isPresent() && !"100".equals(edit.parameters().getOrDefault(COMPRESSION, "100"))
                ? List.of(COMPRESSION)
                : List.of();
    }

    /** What is converted, for the client. */
    List<String> notes() {
        List<String> notes = new ArrayList<>();
        if (inputs) {
            notes.add("webp images were sent as png, because the upstream takes no webp");
        }
        output.ifPresent(format -> notes.add("the upstream cannot be asked for " + format.wireName()
                + ", so the gateway converts its results"));
        return notes;
    }
}
