package dev.retouch.contract.exchange;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A {@code multipart/form-data} body as seen by the document: names and values. Images are only distinguished from
 * text.
 *
 * @param parts in order
 */
record FormBody(List<Part> parts) {

    private static final Pattern BOUNDARY = Pattern.compile("boundary=(?:\"([^\"]+)\"|([^;\\s]+))",
            Pattern.CASE_INSENSITIVE);
    private static final Pattern NAME = Pattern.compile("(?i)content-disposition:[^\\r\\n]*?[; ]name=\"([^\"]*)\"");
    private static final Pattern BARE_NAME = Pattern.compile("(?i)content-disposition:[^\\r\\n]*?[; ]name=([^;\\s]+)");
    private static final Pattern FILE_NAME = Pattern.compile("(?i)content-disposition:[^\\r\\n]*?filename\\*?=");

    /**
     * One part.
     *
     * @param isFile whether it says so
     * @param value its text, which is no text where it is a file
     */
    record Part(String name, boolean isFile, String value) {}

    FormBody {
        parts = List.copyOf(parts);
    }

    /** Reads a body that a gateway could read. */
    static FormBody of(String contentType, byte[] body) {
        Matcher boundary = BOUNDARY.matcher(contentType);
        if (!boundary.find()) {
            return new FormBody(List.of());
        }
        String delimiter = "\r\n--" + (boundary.group(1) == null ? boundary.group(2) : boundary.group(1));
        String text = "\r\n" + new String(body, StandardCharsets.ISO_8859_1);
        List<Part> parts = new ArrayList<>();
        int start = text.indexOf(delimiter);
        while (start >= 0 && !text.startsWith("--", start + delimiter.length())) {
            int end = text.indexOf(delimiter, start + delimiter.length());
            if (end < 0) {
                break;
            }
            parts.add(part(text.substring(start + delimiter.length(), end)));
            start = end;
        }
        return new FormBody(parts);
    }

    private static Part part(String text) {
        int blank = text.indexOf("\r\n\r\n");
        String head = blank < 0 ? text : text.substring(0, blank);
        String value = blank < 0 ? "" : text.substring(blank + 4);
        Matcher name = NAME.matcher(head);
        Matcher bare = BARE_NAME.matcher(head);
        String found = name.find() ? name.group(1) : bare.find() ? bare.group(1) : "";
        return new Part(utf8(found), FILE_NAME.matcher(head).find(), utf8(value));
    }

    private static String utf8(String text) {
        return new String(text.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
