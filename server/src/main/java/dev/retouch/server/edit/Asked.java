package dev.retouch.server.edit;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

import dev.retouch.server.image.ImageFacts;

/**
 * What an upstream was asked to return, to be held against what it did return.
 *
 * @param images how many
 * @param size width and height, where they were named
 * @param format the format, where the model has a choice
 * @param parameters all of it, by wire name, as it went out
 */
record Asked(int images, Optional<String> size, Optional<String> format,
        Map<String, String> parameters) {

    static Asked by(EditPlan plan) {
        Map<String, String> parameters = plan.forwarded();
        boolean choice = plan.entry().parameters().containsKey("output_format");
        return new Asked(Integer.parseInt(parameters.getOrDefault("n", "1")),
                Optional.ofNullable(parameters.get("size")).filter(size -> !size.equals("auto")),
                choice ? Optional.of(parameters.getOrDefault("output_format", "png")) : Optional.empty(), parameters);
    }

    /** How the images that came differ, in a few words each; an image that nobody could look at counts as right. */
    List<String> differences(int count, List<ImageFacts> facts) {
        List<String> found = new ArrayList<>();
        if (count != images) {
            found.add("asked for " + images + (images == 1 ? " image" : " images") + ", got " + count);
        }
        for (ImageFacts image : facts) {
            String actual = image.width() + "x" + image.height();
            size.filter(wanted -> !wanted.equals(actual))
                    .ifPresent(wanted -> found.add("asked for " + wanted + ", got " + actual));
            format.filter(wanted -> !wanted.equals(image.format().wireName()))
                    .ifPresent(wanted -> found.add("asked for " + wanted + ", got " + image.format().wireName()));
        }
        return found.stream().distinct().toList();
    }
}
