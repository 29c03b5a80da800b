package dev.retouch.server.edit;

import java.util.List;

/** Writes the names of dropped parameters into a header: printable, and short enough for the headers of a response. */
final class DroppedNames {

    private static final int MAX_NAME = 64;
    private static final int MAX_HEADER = 1000;

    private DroppedNames() {}

    /** Returns the names with commas; those that do not fit are replaced by {@code ...}. */
    static String header(List<String> names) {
        StringBuilder header = new StringBuilder();
        for (String name : names) {
            String shown = printable(name);
            if (header.length() + shown.length() > MAX_HEADER) {
                return header.append(", ...").toString();
            }
            header.append(header.isEmpty() ? "" : ", ").append(shown);
        }
        return header.toString();
    }

    private static String printable(String name) {
        String shown = name.replaceAll("[^\\x21-\\x7e]|,", "?");
        return shown.length() <= MAX_NAME ? shown : shown.substring(0, MAX_NAME) + "...";
    }
}
