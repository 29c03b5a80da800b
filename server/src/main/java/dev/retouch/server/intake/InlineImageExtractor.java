package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.exchange.Exchange;
import dev.retouch.server.image.Spool;

/**
 * A JSON body on its way to the parser. Decodes the strings that {@link JsonPlace} takes for images into the spool and replaces
 * each by a placeholder that cannot be guessed, so that no image becomes a string. Maps the names of the document's members to
 * those of the contract. Keeps only the beginning of a long string that the contract has no place for. Everything else passes
 * unchanged, malformed JSON too.
 */
final class InlineImageExtractor extends InputStream {

    private static final int SCHEME_LENGTH = "data:".length();

    private enum State {
        OUTSIDE, KEY, KEY_ESCAPE, TEXT, TEXT_ESCAPE, IMAGE, IMAGE_ESCAPE, IMAGE_UNICODE
    }

    private final InputStream in;
    private final Spool spool;
    private final Exchange exchange;
    private final IntakeLimits limits;
    private final String placeholderStem = "inline:" + UUID.randomUUID() + ":";
    private final byte[] input = new byte[16 * 1024];
    private final Pending pending = new Pending();
    private final JsonPlace place;
    private State state = State.OUTSIDE;
    /** The beginning of an image string, until it shows whether the string is an http URL. */
    private final byte[] head = new byte[SCHEME_LENGTH];
    private int headLength;
    private @Nullable InlineImageDecoder image;
    private int images;
    private long textBytes;
    private long stringBytes;
    private int unicode;
    private int unicodeDigits;
    private boolean ended;

    InlineImageExtractor(InputStream in, Spool spool, Exchange exchange, IntakeLimits limits) {
        this.in = in;
        this.spool = spool;
        this.exchange = exchange;
        this.limits = limits;
        this.place = new JsonPlace(limits.fields());
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (pending.isEmpty() && !ended) {
            int count = in.read(input);
            ended = count < 0;
            for (int at = 0; at < count;) {
                at = accept(at, count);
            }
        }
        int count = pending.drainTo(target, offset, length);
        textBytes += Math.max(0, count);
        if (textBytes > limits.textBytes()) {
            throw new ApiException(ErrorMessage.TEXT_IS_TOO_LARGE).withArgument("maximum", limits.textBytes());
        }
        return count;
    }

    /** Takes one byte, or a run of image bytes; returns the index of the next byte. */
    private int accept(int at, int end) throws IOException {
        InlineImageDecoder current = image;
        if (state == State.IMAGE && current != null) {
            int run = at;
            while (run < end && input[run] != '"' && input[run] != '\\') {
                run++;
            }
            if (run > at) {
                current.accept(input, at, run - at);
                return run;
            }
        }
        int value = input[at] & 0xff;
        switch (state) {
            case OUTSIDE -> outside(value);
            case KEY, KEY_ESCAPE -> key(value);
            case TEXT, TEXT_ESCAPE -> text(value);
            case IMAGE -> image(value);
            case IMAGE_ESCAPE -> imageEscape(value);
            case IMAGE_UNICODE -> imageUnicode(value);
        }
        return at + 1;
    }

    private void outside(int value) throws IOException {
        if (value != '"') {
            pending.write(value);
            place.structure(value);
        } else if (place.isKeyNext()) {
            state = State.KEY;
        } else if (place.isImage()) {
            pending.write('"');
            headLength = 0;
            state = State.IMAGE;
        } else {
            beginText();
            pending.write('"');
        }
    }

    private void beginText() {
        stringBytes = 0;
        unicodeDigits = 0;
        state = State.TEXT;
    }

    private void key(int value) {
        if (state == State.KEY && value == '"') {
            pending.write('"');
            pending.write(place.endKey());
            pending.write('"');
            state = State.OUTSIDE;
            return;
        }
        place.key(value);
        state = state == State.KEY && value == '\\' ? State.KEY_ESCAPE : State.KEY;
        if (place.keyBytes() > limits.textBytes()) {
            throw new ApiException(ErrorMessage.TEXT_IS_TOO_LARGE).withArgument("maximum", limits.textBytes());
        }
    }

    private void text(int value) {
        boolean end = state == State.TEXT && value == '"';
        if (end || !isCut(value)) {
            pending.write(value);
        }
        stringBytes++;
        unicodeDigits = state == State.TEXT_ESCAPE && value == 'u' ? 4 : Math.max(0, unicodeDigits - 1);
        if (end) {
            state = State.OUTSIDE;
        } else {
            state = state == State.TEXT && value == '\\' ? State.TEXT_ESCAPE : State.TEXT;
        }
    }

    /** Whether a byte of a text is dropped. The cut never falls within an escape or a UTF-8 sequence. */
    private boolean isCut(int value) {
        if (place.isWhole() || stringBytes < KnownFields.KEPT_BYTES) {
            return false;
        }
        boolean boundary = state == State.TEXT && unicodeDigits == 0 && (value & 0xc0) != 0x80;
        if (boundary && stringBytes < Long.MAX_VALUE / 2) {
            stringBytes = Long.MAX_VALUE / 2; // from here on everything is cut
        }
        return stringBytes >= Long.MAX_VALUE / 2;
    }

    private void image(int value) throws IOException {
        if (value == '\\') {
            state = State.IMAGE_ESCAPE;
        } else if (value == '"') {
            endImage();
        } else {
            character(value);
        }
    }

    /** Writers may escape any character; PHP escapes every slash, and .NET every plus sign. */
    private void imageEscape(int value) throws IOException {
        if (value == 'u') {
            unicode = 0;
            unicodeDigits = 0;
            state = State.IMAGE_UNICODE;
            return;
        }
        state = State.IMAGE;
        character(switch (value) {
            case 'n' -> '\n';
            case 'r' -> '\r';
            case 't' -> '\t';
            case 'f' -> '\f';
            case 'b' -> '\b';
            default -> value;
        });
    }

    private void imageUnicode(int value) throws IOException {
        int digit = value < 0x80 ? Character.digit(value, 16) : -1;
        if (digit < 0) {
            state = State.IMAGE;
            character('\b'); // no valid escape, and in no image
            image(value);
            return;
        }
        unicode = unicode << 4 | digit;
        if (++unicodeDigits == 4) {
            state = State.IMAGE;
            character(unicode);
        }
    }

    /** Takes one character of an image string that did not come in a run. */
    private void character(int character) throws IOException {
        byte[] bytes = character < 0x100
                ? new byte[]{(byte) character}
                : String.valueOf((char) character).getBytes(StandardCharsets.UTF_8);
        for (byte each : bytes) {
            InlineImageDecoder current = image;
            if (current != null) {
                current.accept(new byte[]{each}, 0, 1);
            } else if (state == State.IMAGE) {
                head(each);
            } else {
                pending.write(each);
            }
        }
    }

    private void head(byte value) throws IOException {
        boolean blank = value >= 0 && value <= ' ';
        boolean removed = headLength == 0 ? blank : blank && value != ' ';
        if (removed) {
            return; // blanks around a URL and line ends within it are not part of it: URL standard, section 4.4
        }
        head[headLength++] = value;
        if (headLength < SCHEME_LENGTH) {
            return;
        }
        String begin = headText();
        if (begin.equalsIgnoreCase("http:") || begin.equalsIgnoreCase("https")) {
            pending.write(begin);
            beginText();
        } else {
            beginImage();
        }
    }

    private String headText() {
        return new String(head, 0, headLength, StandardCharsets.ISO_8859_1);
    }

    private InlineImageDecoder beginImage() throws IOException {
        boolean stored = images <= limits.images();
        InlineImageDecoder started = new InlineImageDecoder(headText().equalsIgnoreCase("data:"),
                stored ? Optional.of(exchange.closeLater(spool.newWriter())) : Optional.empty());
        started.accept(head, 0, headLength);
        images++;
        image = started;
        return started;
    }

    private void endImage() throws IOException {
        InlineImageDecoder current = image;
        if (current == null && headLength > 0) {
            current = beginImage();
        }
        if (current != null) {
            String placeholder = placeholderStem + images;
            if (images <= limits.images()) {
                exchange.put(placeholder, current.finish(exchange));
            }
            pending.write(placeholder);
        }
        pending.write('"');
        image = null;
        state = State.OUTSIDE;
    }

    /** Bytes that the parser has not read yet. */
    private static final class Pending extends ByteArrayOutputStream {

        private int taken;

        boolean isEmpty() {
            return taken == count;
        }

        void write(String ascii) {
            writeBytes(ascii.getBytes(StandardCharsets.ISO_8859_1));
        }

        int drainTo(byte[] target, int offset, int length) {
            if (isEmpty()) {
                return -1;
            }
            int step = Math.min(length, count - taken);
            System.arraycopy(buf, taken, target, offset, step);
            taken += step;
            if (isEmpty()) {
                reset();
                taken = 0;
            }
            return step;
        }
    }
}
