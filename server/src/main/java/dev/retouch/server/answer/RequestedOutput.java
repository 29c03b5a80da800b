package dev.retouch.server.answer;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.image.ImageMetadata;

/**
 * What an upstream was asked to return.
 *
 * @param images how many images
 * @param size width and height such as {@code 1024x1024}; null where the upstream chooses
 * @param format the wire name of the format; null where the model has no choice
 * @param parameters all parameters by wire name, as the upstream was given them
 */
public record RequestedOutput(int images, @Nullable String size, @Nullable String format,
        Map<String, String> parameters) {

    /** How the returned images differ, in a few words each; an image whose head could not be read counts as right. */
    List<String> differences(int count, List<ImageMetadata> returned) {
        List<String> found = new ArrayList<>();
        if (count != images) {
            found.add("asked for " + images + (images == 1 ? " image" : " images") + ", got " + count);
        }
        for (ImageMetadata image : returned) {
            String actual = image.width() + "x" + image.height();
            if (size != null && !size.equals(actual)) {
                found.add("asked for " + size + ", got " + actual);
            }
            String actualFormat = image.format().wireName();
            if (format != null && !format.equals(actualFormat)) {
                found.add("asked for " + format + ", got " + actualFormat);
            }
        }
        return found.stream().distinct().toList();
    }
}
