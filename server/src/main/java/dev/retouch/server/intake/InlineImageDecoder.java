package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;

import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.InlineImage;
import dev.retouch.server.image.Spool;

/**
 * Decodes one image of a JSON string into the spool, in constant memory: base64, or a data URL as browsers load it (URL standard;
 * Fetch standard, "data: URL processor"). The media type of a data URL is not used: the bytes decide.
 */
final class InlineImageDecoder {

    private static final byte[] SCHEME = "data:".getBytes(StandardCharsets.US_ASCII);
    private static final int MAX_HEADER = 1024;
    private static final Pattern BASE64 = Pattern.compile("(?is).*; *base64");

    private enum Place {
        SCHEME, MEDIA_TYPE, BASE64, PERCENT_ENCODED, FRAGMENT
    }

    private final Optional<Spool.Writer> writer;
    private final OutputStream out;
    private final StreamingBase64Decoder base64;
    private final ByteArrayOutputStream header = new ByteArrayOutputStream(32);
    private final boolean dataUrl;
    private Place place;
    private long characters;
    /** Digits of an escape, such as {@code %2B}, that the last piece began. */
    private String escape = "";

    /** A decoder into a writer; without a writer the image is discarded, without memory for its bytes: a body may have thousands. */
    InlineImageDecoder(boolean dataUrl, Optional<Spool.Writer> writer) {
        this.dataUrl = dataUrl;
        this.place = dataUrl ? Place.SCHEME : Place.BASE64;
        this.writer = writer;
        this.out = writer.<OutputStream>map(each -> each).orElseGet(OutputStream::nullOutputStream);
        this.base64 = new StreamingBase64Decoder(out);
    }

    /** Decodes the next bytes of the string, from its first one on. */
    void accept(byte[] source, int offset, int length) throws IOException {
        characters += length;
        if (writer.isEmpty()) {
            return;
        }
        if (!dataUrl) {
            base64.write(source, offset, length);
            return;
        }
        int at = offset;
        int end = offset + length;
        while (at < end && place != Place.FRAGMENT) {
            if (place == Place.SCHEME || place == Place.MEDIA_TYPE) {
                header(source[at++]);
            } else {
                at = body(source, at, end);
            }
        }
    }

    private void header(byte value) {
        if (value == '\t' || value == '\n' || value == '\r') {
            return; // the URL standard removes them everywhere
        }
        if (place == Place.SCHEME) {
            header.write(value);
            if (header.size() == SCHEME.length) {
                header.reset();
                place = Place.MEDIA_TYPE;
            }
        } else if (value == '#') {
            place = Place.FRAGMENT;
        } else if (value != ',') {
            if (header.size() < MAX_HEADER) {
                header.write(value);
            }
        } else {
            String mediaType = header.toString(StandardCharsets.ISO_8859_1).strip();
            place = BASE64.matcher(mediaType).matches() ? Place.BASE64 : Place.PERCENT_ENCODED;
        }
    }

    /** Decodes bytes up to the next escape, or one byte of an escape; returns the index of the next byte. */
    private int body(byte[] source, int from, int end) throws IOException {
        if (!escape.isEmpty()) {
            escaped(source[from]);
            return from + 1;
        }
        int at = from;
        while (at < end && source[at] != '%' && source[at] != '#') {
            at++;
        }
        write(source, from, at - from);
        if (at < end && source[at] == '#') {
            place = Place.FRAGMENT; // not part of what a URL points to
        } else if (at < end) {
            escape = "%";
            at++;
        }
        return at;
    }

    private void escaped(byte value) throws IOException {
        escape += (char) (value & 0xff);
        boolean digit = Character.digit(value, 16) >= 0;
        if (digit && escape.length() < 3) {
            return;
        }
        byte[] decoded = digit
                ? new byte[]{(byte) Integer.parseInt(escape.substring(1), 16)}
                : escape.getBytes(StandardCharsets.ISO_8859_1);
        escape = "";
        write(decoded, 0, decoded.length);
    }

    private void write(byte[] source, int offset, int length) throws IOException {
        if (place == Place.BASE64) {
            base64.write(source, offset, length);
        } else {
            out.write(source, offset, length);
        }
    }

    /** Ends the string. The exchange closes the image. */
    InlineImage finish(Exchange exchange) throws IOException {
        boolean complete = place != Place.SCHEME && place != Place.MEDIA_TYPE;
        boolean decoded = base64.finish() && complete;
        Optional<ImageBytes> image = decoded && writer.isPresent()
                ? Optional.of(exchange.closeLater(writer.get().finish()))
                : Optional.empty();
        return new InlineImage(dataUrl, characters, image);
    }
}
