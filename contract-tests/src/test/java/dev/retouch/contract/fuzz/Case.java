package dev.retouch.contract.fuzz;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A request, down to its bytes. Values that differ between runs, such as keys, are names in double braces.
 *
 * @param seed the seed which, with {@code number}, reproduces the request
 * @param operation the operation from which it was generated
 */
record Case(long seed, int number, String operation, String method, String target, String version,
        List<Header> headers, byte[] body, Delivery delivery) {

    private static final int SHOWN = 600;

    /** A line of the head. */
    record Header(String name, String value) {}

    /** How the body comes. */
    enum Delivery {
        WHOLE, WITHOUT_LENGTH, CHUNKED, BROKEN_CHUNKS, TOO_SHORT_AND_FINISHED, TOO_SHORT_AND_SILENT, TOO_LONG, NO_NUMBER, TWO_LENGTHS, LENGTH_AND_CHUNKS, RESET_HALFWAY
    }

    /** Whether the client disconnects without waiting for a response. */
    boolean isAbandoned() {
        return delivery == Delivery.RESET_HALFWAY;
    }

    /** The bytes on the wire, with names replaced by their values. */
    byte[] bytes(java.util.function.UnaryOperator<String> known) {
        StringBuilder head = new StringBuilder(method).append(' ').append(known.apply(target)).append(version)
                .append("\r\n");
        for (Header header : headers) {
            head.append(header.name()).append(": ").append(known.apply(header.value())).append("\r\n");
        }
        framing().forEach(line -> head.append(line).append("\r\n"));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        out.writeBytes(framed());
        return out.toByteArray();
    }

    private List<String> framing() {
        String length = "Content-Length: ";
        return switch (delivery) {
            case WHOLE -> body.length == 0 && List.of("GET", "HEAD", "DELETE", "OPTIONS", "TRACE").contains(method)
                    ? List.of()
                    : List.of(length + body.length);
            case WITHOUT_LENGTH -> List.of();
            case CHUNKED, BROKEN_CHUNKS -> List.of("Transfer-Encoding: chunked");
            case TOO_SHORT_AND_FINISHED, TOO_SHORT_AND_SILENT, RESET_HALFWAY -> List.of(length + (body.length + 100L));
            case TOO_LONG -> List.of(length + body.length / 2);
            case NO_NUMBER -> List.of(length + "-1");
            case TWO_LENGTHS -> List.of(length + body.length, length + (body.length + 1L));
            case LENGTH_AND_CHUNKS -> List.of(length + body.length, "Transfer-Encoding: chunked");
        };
    }

    private byte[] framed() {
        return switch (delivery) {
            case CHUNKED, LENGTH_AND_CHUNKS -> chunks("0\r\n\r\n");
            case BROKEN_CHUNKS -> chunks(number % 2 == 0 ? "zz\r\n\r\n" : "-1\r\n\r\n");
            default -> body;
        };
    }

    private byte[] chunks(String end) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        int size = 1 + body.length / 3;
        for (int start = 0; start < body.length; start += size) {
            byte[] chunk = Arrays.copyOfRange(body, start, Math.min(body.length, start + size));
            out.writeBytes((Integer.toHexString(chunk.length) + "\r\n").getBytes(StandardCharsets.US_ASCII));
            out.writeBytes(chunk);
            out.writeBytes(new byte[]{'\r', '\n'});
        }
        out.writeBytes(end.getBytes(StandardCharsets.US_ASCII));
        return out.toByteArray();
    }

    /** How to get this case alone again. */
    String again() {
        return "-Dretouch.fuzz.seed=" + seed + " -Dretouch.fuzz.case=" + number;
    }

    /** The request as text, for people; keys appear by their names only. */
    @Override
    public String toString() {
        List<String> lines = new ArrayList<>(List.of(again() + " (" + operation + ", " + delivery + ")",
                printable(method + " " + target + version)));
        headers.forEach(header -> lines.add(printable(header.name() + ": " + header.value())));
        framing().forEach(lines::add);
        lines.add("");
        lines.add(printable(new String(body, StandardCharsets.ISO_8859_1)));
        return String.join("\n  ", lines);
    }

    private static String printable(String text) {
        StringBuilder shown = new StringBuilder();
        text.chars().limit(SHOWN).forEach(each -> {
            if (each >= ' ' && each < 0x7f) {
                shown.append((char) each);
            } else {
                shown.append(String.format(java.util.Locale.ROOT, "\\u%04x", each));
            }
        });
        return text.length() > SHOWN ? shown + "... (" + text.length() + ")" : shown.toString();
    }
}
