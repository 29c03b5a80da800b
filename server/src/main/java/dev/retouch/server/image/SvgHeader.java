package dev.retouch.server.image;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The root element of an SVG document: the text before it (byte order mark, XML declaration, comments, DOCTYPE) is skipped, and
 * nothing is parsed behind it. A document whose root begins beyond the first 8 KB is not recognised.
 *
 * @param width in pixels: of {@code width}, or else of {@code viewBox}
 * @param height in pixels: of {@code height}, or else of {@code viewBox}
 */
record SvgHeader(int width, int height) {

    private static final int LOOKED_AT = 8192;
    private static final Pattern BEFORE = Pattern
            .compile("\\A\\x{FEFF}?\\s*(?:<\\?[^>]*\\?>\\s*|<!--(?s:.*?)-->\\s*|<!DOCTYPE\\s+svg\\b[^>\\[]*>\\s*)*");
    private static final Pattern ROOT = Pattern.compile("<svg(?=[\\s>/])([^>]*)");
    private static final Pattern LENGTH = Pattern
            .compile("\\s(width|height)\\s*=\\s*[\"']\\s*([0-9.]{1,12})(?:px)?\\s*[\"']");
    private static final Pattern VIEW_BOX = Pattern.compile(
            "\\sviewBox\\s*=\\s*[\"']\\s*[-0-9.]+[\\s,]+[-0-9.]+[\\s,]+([0-9.]{1,12})[\\s,]+([0-9.]{1,12})\\s*[\"']");
    /** What CSS takes for an image that does not say how large it is. */
    private static final SvgHeader UNSTATED = new SvgHeader(300, 150);

    /** Reads it from the beginning of a file; empty where the file is something else. */
    static Optional<SvgHeader> read(InputStream in) throws IOException {
        return read(in.readNBytes(LOOKED_AT));
    }

    /** Reads it from the beginning of a file; empty where the file is something else. */
    static Optional<SvgHeader> read(byte[] head) {
        String text = new String(head, StandardCharsets.UTF_8);
        Matcher before = BEFORE.matcher(text);
        Matcher root = ROOT.matcher(text);
        if (!before.find() || !root.region(before.end(), text.length()).lookingAt()) {
            return Optional.empty();
        }
        return Optional.of(size(root.group(1)));
    }

    private static SvgHeader size(String attributes) {
        int width = 0;
        int height = 0;
        Matcher lengths = LENGTH.matcher(attributes);
        while (lengths.find()) {
            int pixels = pixels(lengths.group(2));
            width = lengths.group(1).equals("width") ? pixels : width;
            height = lengths.group(1).equals("height") ? pixels : height;
        }
        if (width > 0 && height > 0) {
            return new SvgHeader(width, height);
        }
        Matcher box = VIEW_BOX.matcher(attributes);
        if (!box.find() || pixels(box.group(1)) < 1 || pixels(box.group(2)) < 1) {
            return UNSTATED;
        }
        return new SvgHeader(pixels(box.group(1)), pixels(box.group(2)));
    }

    private static int pixels(String number) {
        try {
            return (int) Math.min(65_535, Math.round(Double.parseDouble(number)));
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
