package dev.retouch.server.observe;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Classes of requested sizes, for a label with few values. */
final class SizeClass {

    private static final String AUTO = "auto";
    private static final Pattern PIXELS = Pattern.compile("(\\d{1,5})x(\\d{1,5})");
    /** A tenth above a whole megapixel, because 1024x1024 is usually called one. */
    private static final long MEGAPIXEL = 1_100_000;

    private SizeClass() {}

    /** Returns the class of a size such as {@code 1024x1536}. */
    static String of(String size) {
        Matcher pixels = PIXELS.matcher(size);
        if (!pixels.matches()) {
            return size.equals(AUTO) ? AUTO : "other";
        }
        long area = Long.parseLong(pixels.group(1)) * Long.parseLong(pixels.group(2));
        for (int megapixels = 1; megapixels <= 8; megapixels *= 2) {
            if (area <= megapixels * MEGAPIXEL) {
                return "up-to-" + megapixels + "mp";
            }
        }
        return "above-8mp";
    }
}
