package dev.retouch.server.upstream.kind;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A multipart form as a provider reads it: the name and the value of each part, in order. */
record MultipartForm(List<Part> parts) {

    private static final Pattern NAME = Pattern.compile("name=\"([^\"]*)\"");

    /** A part; its value is in ISO 8859-1, a character for each byte. */
    record Part(String name, String head, String value) {

        byte[] bytes() {
            return value.getBytes(StandardCharsets.ISO_8859_1);
        }

        String text() {
            return new String(bytes(), StandardCharsets.UTF_8);
        }
    }

    static MultipartForm of(ScriptedVendor.Received request) {
        String type = request.header("content-type");
        String boundary = "--" + type.substring(type.indexOf("boundary=") + "boundary=".length());
        String body = new String(request.body(), StandardCharsets.ISO_8859_1);
        List<Part> parts = new ArrayList<>();
        for (String part : body.split(Pattern.quote(boundary), -1)) {
            int end = part.indexOf("\r\n\r\n");
            if (end >= 0) {
                String head = part.substring(0, end);
                Matcher name = NAME.matcher(head);
                parts.add(new Part(name.find() ? name.group(1) : "", head,
                        part.substring(end + 4, part.length() - 2)));
            }
        }
        return new MultipartForm(parts);
    }

    List<Part> named(String name) {
        return parts.stream().filter(part -> part.name().equals(name)).toList();
    }

    String text(String name) {
        return named(name).stream().map(Part::text).findFirst().orElse("");
    }
}
