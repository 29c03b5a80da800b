package dev.retouch.contract.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A form under way, part by part, and what can be wrong with it. */
final class Parts {

    private static final String BOUNDARY = "----fuzz7MA4YWxkTrZu0gW";

    /** A part of it: the lines above its content, and the content. */
    record Part(List<String> head, byte[] content) {

        static Part text(String name, String value) {
            return new Part(List.of("Content-Disposition: form-data; name=\"" + name + "\""),
                    value.getBytes(StandardCharsets.UTF_8));
        }

        static Part file(String name, String fileName, byte[] content) {
            return new Part(List.of("Content-Disposition: form-data; name=\"" + name + "\"; filename=\"" + fileName
                    + "\"", "Content-Type: image/png"), content);
        }
    }

    private final List<Part> parts = new ArrayList<>();
    private String opening = "--" + BOUNDARY;
    private String lineEnd = "\r\n";
    private String closing = "--" + BOUNDARY + "--\r\n";
    private String contentType = "multipart/form-data; boundary=" + BOUNDARY;

    void add(Part part) {
        parts.add(part);
    }

    String contentType() {
        return contentType;
    }

    /** Changes one thing about one of the parts. */
    void spoil(SeededRandom draw) {
        if (parts.isEmpty()) {
            return;
        }
        int index = draw.below(parts.size());
        Part part = parts.get(index);
        boolean isFile = part.head().size() > 1;
        switch (draw.below(8)) {
            case 0 -> parts.remove(index);
            case 1 -> parts.add(part);
            case 2 -> parts.set(index, new Part(strangeHead(draw), part.content()));
            case 3 -> parts.add(Part.text(Hostile.shortText(draw), Hostile.text(draw)));
            case 4 -> parts.set(index, Part.file(
                    draw.oneOf(List.of("image[999999999]", "image[-1]", "image.", "image[]x",
                            "image[0][0]", "mask[]", "image.0.items", "image[2147483648]", "prompt", "n", "IMAGE")),
                    draw.oneOf(List.of("../../a.png", "a\\b", "", "\u0000", "a".repeat(5_000))), part.content()));
            default -> parts.set(index, new Part(part.head(), isFile
                    ? Images.broken(draw)
                    : Hostile.text(draw).getBytes(StandardCharsets.UTF_8)));
        }
    }

    private static List<String> strangeHead(SeededRandom draw) {
        return draw.oneOf(List.of(List.of(), List.of("Content-Disposition: form-data"),
                List.of("Content-Disposition: form-data; name="),
                List.of("Content-Disposition: form-data; name=\"prompt"),
                List.of("Content-Disposition: attachment; name=\"prompt\""),
                List.of("Content-Disposition: form-data; name*=utf-8''prompt"), List.of("no colon"),
                List.of(": nothing"),
                List.of("Content-Disposition: form-data; name=\"prompt\"", "Content-Transfer-Encoding: base64"),
                List.of("Content-Disposition: form-data; name=\"prompt\"", "Content-Type: text/plain; charset=utf-16"),
                List.of("Content-Disposition: form-data; name=\"prompt\"",
                        "Content-Type: text/plain; charset=nonsense"),
                List.of("Content-Disposition: form-data; name=\"prompt\"", "Content-Type: ;;;"),
                List.of("Content-Disposition: form-data; name=\"prompt\"", "Content-Type: multipart/mixed; boundary=x"),
                List.of("Content-Disposition: form-data; name=\"prompt\"", " folded"),
                List.of("Content-Disposition: form-data; name=\"prompt\"", "X-Long: " + "a".repeat(20_000)),
                List.of("Content-Disposition: form-data; name=\"a\"; name=\"b\"")));
    }

    /** Changes what holds them together. */
    void garble(SeededRandom draw) {
        switch (draw.below(10)) {
            case 0 -> closing = "";
            case 1 -> closing = "--" + BOUNDARY;
            case 2 -> lineEnd = "\n";
            case 3 -> opening = "--" + BOUNDARY.substring(1);
            case 4 -> opening = BOUNDARY;
            case 5 -> contentType = "multipart/form-data";
            case 6 ->
                contentType = draw.oneOf(List.of("multipart/form-data; boundary=", "multipart/form-data; boundary=\"",
                        "multipart/form-data; boundary=" + "b".repeat(500), "multipart/mixed; boundary=" + BOUNDARY,
                        "multipart/form-data; boundary=\u00e4", "multipart/form-data; boundary=a; boundary=" + BOUNDARY,
                        "multipart/form-data; charset=nonsense; boundary=" + BOUNDARY,
                        "MULTIPART/FORM-DATA; BOUNDARY=" + BOUNDARY));
            case 7 -> closing = closing + "epilogue".repeat(20);
            case 8 -> parts.addFirst(new Part(List.of("Content-Disposition: form-data; name=\"prompt\""),
                    ("a\r\n--" + BOUNDARY.substring(0, 8) + "\r\nb\r\n--").getBytes(StandardCharsets.US_ASCII)));
            default -> {
                for (int count = draw.oneOf(List.of(17, 64, 65, 300)); count > 0; count--) {
                    parts.add(Part.text(draw.oneOf(List.of("prompt", "image", "n", "x")), ""));
                }
            }
        }
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Part part : parts) {
            write(out, opening + lineEnd);
            part.head().forEach(line -> write(out, line + lineEnd));
            write(out, lineEnd);
            out.writeBytes(part.content());
            write(out, lineEnd);
        }
        write(out, closing);
        return out.toByteArray();
    }

    /** Takes away its end or changes some of its bytes. */
    static byte[] damaged(byte[] body, SeededRandom draw) {
        if (body.length == 0 || draw.chance(40)) {
            return Arrays.copyOf(body, draw.below(body.length + 1));
        }
        byte[] damaged = body.clone();
        for (int count = draw.below(4); count >= 0; count--) {
            damaged[draw.below(damaged.length)] = (byte) draw.below(256);
        }
        return damaged;
    }

    private static void write(ByteArrayOutputStream out, String text) {
        out.writeBytes(text.getBytes(StandardCharsets.UTF_8));
    }
}
