package dev.retouch.server.intake;

import java.util.Locale;
import java.util.Optional;

import org.jspecify.annotations.Nullable;

/**
 * The headers of a form part.
 *
 * @param name the name of the field, as written
 * @param fileName the name of the file; empty if not given
 * @param contentType the value of {@code Content-Type}; empty if not given
 * @param transferEncoding the value of {@code Content-Transfer-Encoding} in lower case; empty if not given
 */
record PartHeaders(String name, Optional<String> fileName, Optional<String> contentType,
        Optional<String> transferEncoding) {

    /** Reads the header lines of a part; headers that forms do not have are ignored. */
    static PartHeaders parse(String block) throws MalformedMultipartException {
        String name = null;
        String fileName = null;
        String contentType = null;
        String transferEncoding = null;
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
                case "content-transfer-encoding" -> transferEncoding = value.toLowerCase(Locale.ROOT);
                default -> {}
            }
        }
        if (name == null) {
            throw new MalformedMultipartException("a part has no name in its Content-Disposition");
        }
        return new PartHeaders(name, Optional.ofNullable(fileName), Optional.ofNullable(contentType),
                Optional.ofNullable(transferEncoding));
    }

    /** The charset parameter of the content type; empty if not given. */
    Optional<String> charset() {
        return contentType.flatMap(type -> Optional.ofNullable(parameter(type, "charset")));
    }

    /** Whether the content type is {@code application/json}. */
    boolean isJson() {
        return contentType.map(type -> type.replaceFirst(";.*", "").strip().equalsIgnoreCase("application/json"))
                .orElse(false);
    }

    /** The value of a parameter such as {@code name="image"}, with or without quotes. */
    private static @Nullable String parameter(String value, String wanted) {
        int at = value.indexOf(';');
        while (at >= 0 && at < value.length()) {
            int equals = value.indexOf('=', at);
            if (equals < 0) {
                return null;
            }
            int semicolon = value.indexOf(';', at + 1);
            if (semicolon >= 0 && semicolon < equals) {
                at = semicolon; // a parameter without a value
                continue;
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

    /** Reads a token or a quoted string and returns the index of the next parameter's semicolon, or the length. */
    private static int readValue(String value, int from, StringBuilder text) {
        int at = from;
        while (at < value.length() && (value.charAt(at) == ' ' || value.charAt(at) == '\t')) {
            at++;
        }
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
