package dev.retouch.server.answer;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** Decides from the beginning of a string whether it holds an image, however the string was cut into buffers. */
final class ImageText {

    /** Room for the media type and parameters of a {@code data:} URL before its comma. */
    private static final int MAX_PREFIX = 512;
    private static final int MAX_URL = 16 * 1024;
    private static final String DATA = "data:";

    private ImageText() {}

    /** The image in a member that holds base64, with or without a {@code data:} prefix; nothing where there is none. */
    static Optional<ImagePayload> base64(JsonText text) throws IOException {
        byte[] beginning = read(text, new byte[0], Base64Payload.HEAD);
        if (isData(beginning)) {
            return data(text, beginning);
        }
        return payload(text, beginning);
    }

    /** The image in a member that holds a URL: an absolute http(s) URL, or a {@code data:} URL with base64. */
    static Optional<ImagePayload> url(JsonText text) throws IOException {
        byte[] beginning = read(text, new byte[0], MAX_PREFIX);
        if (isData(beginning)) {
            return data(text, beginning);
        }
        return link(text, beginning);
    }

    /** The image in a member that holds base64, a {@code data:} URL, or an absolute http(s) URL. */
    static Optional<ImagePayload> base64OrUrl(JsonText text) throws IOException {
        byte[] beginning = read(text, new byte[0], Base64Payload.HEAD);
        if (isData(beginning)) {
            return data(text, beginning);
        }
        // no base64 has a colon
        boolean url = new String(beginning, StandardCharsets.ISO_8859_1).indexOf(':') >= 0;
        return url ? link(text, beginning) : payload(text, beginning);
    }

    private static Optional<ImagePayload> link(JsonText text, byte[] beginning) throws IOException {
        byte[] all = read(text, beginning, MAX_URL);
        boolean whole = text.isEnded();
        text.skip();
        String url = new String(all, StandardCharsets.UTF_8);
        String scheme = url.toLowerCase(Locale.ROOT);
        return whole && (scheme.startsWith("https://") || scheme.startsWith("http://"))
                ? Optional.of(new UrlPayload(url))
                : Optional.empty();
    }

    private static boolean isData(byte[] beginning) {
        return beginning.length >= DATA.length() && DATA.equalsIgnoreCase(
                new String(beginning, 0, DATA.length(), StandardCharsets.ISO_8859_1));
    }

    private static Optional<ImagePayload> data(JsonText text, byte[] beginning) throws IOException {
        String head = new String(beginning, StandardCharsets.ISO_8859_1);
        int comma = head.indexOf(',');
        boolean base64 = comma >= 0
                && head.substring(0, comma).toLowerCase(Locale.ROOT).endsWith(";base64");
        if (!base64) {
            text.skip();
            return Optional.empty();
        }
        byte[] after = head.substring(comma + 1).getBytes(StandardCharsets.ISO_8859_1);
        return payload(text, read(text, after, Base64Payload.HEAD));
    }

    private static Optional<ImagePayload> payload(JsonText text, byte[] beginning) throws IOException {
        if (beginning.length == 0 || !isBase64(beginning, text.isEnded())) {
            text.skip();
            return Optional.empty();
        }
        return Optional.of(new Base64Payload(beginning, text));
    }

    /** Appends characters of the text until there are {@code atLeast}, or until it ends. What is more than that stays in the result. */
    private static byte[] read(JsonText text, byte[] before, int atLeast) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream(Math.max(atLeast, before.length));
        all.writeBytes(before);
        while (all.size() < atLeast) {
            ByteBuffer piece = text.next();
            if (piece == null) {
                break;
            }
            int count = Math.min(piece.remaining(), atLeast - all.size());
            byte[] bytes = new byte[count];
            piece.get(bytes);
            all.writeBytes(bytes);
            text.unread(piece);
        }
        return all.toByteArray();
    }

    private static boolean isBase64(byte[] beginning, boolean whole) {
        int length = whole ? beginning.length : beginning.length - beginning.length % 4;
        return Base64Sink.decoded(Arrays.copyOf(beginning, length)).length > 0;
    }
}
