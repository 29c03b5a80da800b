package dev.retouch.server.settings;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

import com.fasterxml.jackson.annotation.JsonCreator;

/** A number of bytes, written as a number or with the unit KB, MB or GB. A KB has 1024 bytes. */
public record ByteSize(long bytes) {

    private static final Pattern FORM = Pattern.compile("(\\d{1,15})\\s*(B|KB|MB|GB)?");

    /** Whether a text is a size. */
    public static boolean isSize(String text) {
        return FORM.matcher(text.strip().toUpperCase(Locale.ROOT)).matches();
    }

    /** Parses a size such as {@code 64KB}. */
    @JsonCreator
    public static ByteSize parse(String text) {
        Matcher form = FORM.matcher(text.strip().toUpperCase(Locale.ROOT));
        if (!form.matches()) {
            throw new IllegalArgumentException("'" + text + "' is not a size; write it like 64KB, 20MB or 1GB");
        }
        String unit = form.group(2) == null ? "B" : form.group(2);
        int shift = switch (unit) {
            case "KB" -> 10;
            case "MB" -> 20;
            case "GB" -> 30;
            default -> 0;
        };
        return new ByteSize(Math.multiplyExact(Long.parseLong(form.group(1)), 1L << shift));
    }

    /** Accepts a size without quotes, which YAML reads as a number. */
    @JsonCreator
    static ByteSize ofNumber(long bytes) {
        return parse(Long.toString(bytes));
    }

    /** Returns the size as an {@code int}. */
    public int asInt() {
        return Math.toIntExact(bytes);
    }
}
