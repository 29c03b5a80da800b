package dev.retouch.server.intake;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Maps the spellings of field names to the names of the contract, for form parts and JSON members alike. Programs write
 * array fields as {@code image[]}, {@code image[0]}, {@code image.0} or {@code image.0.items}, some of them
 * percent-encoded.
 */
final class FieldNames {

    static final String IMAGE = "image";
    static final String IMAGE_URL = "image_url";
    static final String IMAGES = "images";
    static final String MASK = "mask";
    static final String MARKUP = "markup";

    private static final Pattern PART = Pattern.compile("(images?|mask|markup)(?:\\[\\d*]|\\.\\d+(?:\\.items)?)?");
    /** Without an index: a JSON document has arrays for that. */
    private static final Pattern MEMBER = Pattern.compile("(images?|mask|markup)\\[]");

    private FieldNames() {}

    /** Returns the contract's name of a form part; the name of every image is {@code image}. */
    static String ofPart(String written) {
        String name = canonical(written, PART);
        return name.equals(IMAGES) ? IMAGE : name;
    }

    /** Returns the contract's name of a member of a JSON document. An {@code image_url} beside the prompt is an image. */
    static String ofMember(String written) {
        String name = canonical(written, MEMBER);
        return name.equals(IMAGE_URL) ? IMAGE : name;
    }

    /** Whether the contract's name of a form part is the name of an image. */
    static boolean isImage(String name) {
        return name.equals(IMAGE) || name.equals(MASK) || name.equals(MARKUP);
    }

    private static String canonical(String written, Pattern elements) {
        String name = written.strip();
        Matcher element = elements.matcher(decoded(name));
        return element.matches() ? element.group(1) : name;
    }

    private static String decoded(String name) {
        if (name.indexOf('%') < 0) {
            return name;
        }
        try {
            return URLDecoder.decode(name.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            return name;
        }
    }
}
