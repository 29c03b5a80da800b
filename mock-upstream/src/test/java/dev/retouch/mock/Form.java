package dev.retouch.mock;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** A multipart form, written by hand so that every oddity can be written. */
final class Form {

    static final String BOUNDARY = "----boundary-of-a-test";

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    /** The least that a GPT image model accepts. */
    static Form edit(byte[] image) {
        return new Form().field("prompt", "a red rose").file("image", "in.png", "image/png", image);
    }

    Form field(String name, String value) {
        return part("form-data; name=\"" + name + "\"", "", value.getBytes(StandardCharsets.UTF_8));
    }

    Form file(String name, String filename, String contentType, byte[] content) {
        return part("form-data; name=\"" + name + "\"; filename=\"" + filename + "\"",
                "Content-Type: " + contentType + "\r\n", content);
    }

    Form mask(byte[] png) {
        return file("mask", "mask.png", "image/png", png);
    }

    private Form part(String disposition, String moreHeaders, byte[] content) {
        text("--" + BOUNDARY + "\r\nContent-Disposition: " + disposition + "\r\n" + moreHeaders + "\r\n");
        bytes.writeBytes(content);
        text("\r\n");
        return this;
    }

    private void text(String text) {
        bytes.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }

    byte[] bytes() {
        text("--" + BOUNDARY + "--\r\n");
        return bytes.toByteArray();
    }
}
