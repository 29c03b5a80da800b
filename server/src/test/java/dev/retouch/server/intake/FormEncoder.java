package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Writes forms as clients do, and as no client should. */
final class FormEncoder {

    private final String boundary;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    FormEncoder(String boundary) {
        this.boundary = boundary;
    }

    FormEncoder raw(String text) {
        return raw(text.getBytes(StandardCharsets.UTF_8));
    }

    FormEncoder raw(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    /** A part with these header lines. */
    FormEncoder part(String headers, byte[] content) {
        return raw("--" + boundary + "\r\n").raw(headers).raw("\r\n\r\n").raw(content).raw("\r\n");
    }

    FormEncoder text(String name, String value) {
        return part("Content-Disposition: form-data; name=\"" + escaped(name) + "\"",
                value.getBytes(StandardCharsets.UTF_8));
    }

    FormEncoder file(String name, String fileName, byte[] content) {
        return part("Content-Disposition: form-data; name=\"" + escaped(name) + "\"; filename=\"" + escaped(fileName)
                + "\"\r\nContent-Type: application/octet-stream", content);
    }

    byte[] end() {
        return raw("--" + boundary + "--\r\n").unfinished();
    }

    byte[] unfinished() {
        return out.toByteArray();
    }

    private static String escaped(String text) {
        return text.replace("\\", "\\\\").replace("\"", "\\\"");
    }
}
