package dev.retouch.server.intake;

import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * What a part says about itself.
 *
 * @param name the field's name
 * @param fileName the file's name, where one was given
 * @param contentType the content type, where one was given
 */
record PartHeaders(String name, Optional<String> fileName, Optional<String> contentType) {

    /** Reads a part's header lines; only the two that forms have matter. */
    static PartHeaders parse(String block) throws MalformedMultipartException {
        String name = null;
        String fileName = null;
        String contentType = null;
        for (String line : block.lines().toList()) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                continue;
            }
            String value = line.substring(colon + 1).strip();
            switch (line.substring(0, colon).strip().toLowerCase(Locale.ROOT)) {
                case "content-disposition" -> {
                    name = parameter(value, "name");
                    fileName = parameter(value, "filename");
                }
                case "content-type" -> contentType = value;
                default -> {}
            }
        }
        if (name == null) {
            throw new MalformedMultipartException("a part has no name in its Content-Disposition");
        }
        return new PartHeaders(name, Optional.ofNullable(fileName), Optional.ofNullable(contentType));
    }

    /** The value of a parameter such as {@code name="image"}, with or without quotes. */
    private static @Nullable String parameter(String value, String wanted) {
        int at = value.indexOf(';');
        while (at >= 0 && at < value.length()) {
            int equals = value.indexOf('=', at);
            if (equals < 0) {
                return null;
            }
            String key = value.substring(at + 1, equals).strip().toLowerCase(Locale.ROOT);
            StringBuilder text = new StringBuilder();
            at = readValue(value, equals + 1, text);
            if (key.equals(wanted)) {
                return text.toString();
            }
        }
        return null;
    }

    /** Reads a token or a quoted string and returns where the next parameter's semicolon stands, or the end. */
    private static int readValue(String value, int from, StringBuilder text) {
        int at = from;
        if (at < value.length() && value.charAt(at) == '"') {
            at++;
            while (at < value.length() && value.charAt(at) != '"') {
                boolean escaped = value.charAt(at) == '\\' && at + 1 < value.length()
                        && (value.charAt(at + 1) == '"' || value.charAt(at + 1) == '\\');
                at += escaped ? 1 : 0;
                text.append(value.charAt(at++));
            }
            int semicolon = value.indexOf(';', at);
            return semicolon < 0 ? value.length() : semicolon;
        }
        int semicolon = value.indexOf(';', at);
        int stop = semicolon < 0 ? value.length() : semicolon;
        text.append(value.substring(at, stop).strip());
        return stop;
    }
}
