package dev.retouch.contract.harness;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A {@code multipart/form-data} body, byte for byte as it will be sent. Immutable. */
public final class Form {

    private static final String BOUNDARY = "----retouchContractTests7MA4YWxkTrZu0gW";

    /** A part as written; nothing is added. */
    private record Part(String name, Optional<String> fileName, Optional<String> contentType, byte[] content) {}

    private final List<Part> parts;

    private Form(List<Part> parts) {
        this.parts = List.copyOf(parts);
    }

    public static Form empty() {
        return new Form(List.of());
    }

    /** An edit of the example image. */
    public static Form ofInput() {
        return empty().example("image", "input.png").text("prompt", "a red balloon");
    }

    public Form text(String name, String value) {
        return with(new Part(name, Optional.empty(), Optional.empty(), value.getBytes(StandardCharsets.UTF_8)));
    }

    public Form text(String name, String value, String contentType) {
        return with(new Part(name, Optional.empty(), Optional.of(contentType), value.getBytes(StandardCharsets.UTF_8)));
    }

    public Form file(String name, String fileName, String contentType, byte[] content) {
        return with(new Part(name, Optional.of(fileName), Optional.of(contentType), content));
    }

    /** A file as careless clients send it: without a name and without a type. */
    public Form bareFile(String name, byte[] content) {
        return with(new Part(name, Optional.empty(), Optional.empty(), content));
    }

    /** A file with whatever is said about it. */
    public Form file(String name, Optional<String> fileName, Optional<String> contentType, byte[] content) {
        return with(new Part(name, fileName, contentType, content));
    }

    /** One of the document's example files, under its own name and type. */
    public Form example(String name, String example) {
        return file(name, example, ContractFiles.typeOf(example), ContractFiles.example(example));
    }

    public String contentType() {
        return "multipart/form-data; boundary=" + BOUNDARY;
    }

    public byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Part part : parts) {
            ascii(out, "--" + BOUNDARY + "\r\nContent-Disposition: form-data; name=\"" + part.name() + "\""
                    + part.fileName().map(name -> "; filename=\"" + name + "\"").orElse("") + "\r\n"
                    + part.contentType().map(type -> "Content-Type: " + type + "\r\n").orElse("") + "\r\n");
            out.writeBytes(part.content());
            ascii(out, "\r\n");
        }
        ascii(out, "--" + BOUNDARY + "--\r\n");
        return out.toByteArray();
    }

    private Form with(Part part) {
        List<Part> more = new ArrayList<>(parts);
        more.add(part);
        return new Form(more);
    }

    private static void ascii(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
