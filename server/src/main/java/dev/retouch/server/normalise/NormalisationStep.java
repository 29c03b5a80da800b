package dev.retouch.server.normalise;

import java.util.Arrays;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** A change that the gateway may make to images. */
public enum NormalisationStep {

    /** Turn and mirror images by their EXIF orientation. */
    ORIENTATION,
    /** Convert CMYK to RGB. */
    COLOUR,
    /** Scale a mask to the first image, and make the black of a black-and-white mask transparent. */
    MASK,
    /** Reduce images that have too many pixels or bytes for the model. */
    SIZE;

    /** The name in settings, on the command line and in the contract. */
    public String wireName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** The step of a name; empty if there is none. */
    public static Optional<NormalisationStep> ofWireName(String name) {
        return Arrays.stream(values()).filter(step -> step.wireName().equals(name)).findFirst();
    }

    /** All names, for messages. */
    public static String names() {
        return Arrays.stream(values()).map(NormalisationStep::wireName).collect(Collectors.joining(", "));
    }

    /**
     * The steps of a list of names.
     *
     * @throws IllegalArgumentException with a reason, if a name is unknown
     */
    public static Set<NormalisationStep> setOf(List<String> names) {
        Set<NormalisationStep> steps = EnumSet.noneOf(NormalisationStep.class);
        for (String name : names) {
            steps.add(ofWireName(name).orElseThrow(
                    () -> new IllegalArgumentException("'" + name + "' is none of " + names())));
        }
        return Collections.unmodifiableSet(steps);
    }

    /** The steps of a text of names, separated by commas. */
    public static Set<NormalisationStep> parse(String text) {
        return setOf(Arrays.stream(text.split(",")).map(String::strip).filter(name -> !name.isEmpty()).toList());
    }
}
