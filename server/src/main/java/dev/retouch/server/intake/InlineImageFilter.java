package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import java.util.Locale;
import java.util.UUID;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;
import dev.retouch.server.image.Spool;

/**
 * A JSON body on its way to the parser, with its images taken out: a string under {@code image_url} that is a data URL,
 * and a string under {@code image} that is one or is plain base64, is decoded into the spool while it passes, and a short
 * word that nobody can guess stands in its place. So no image is ever a string, and the parser sees a small document.
 * Everything else passes unchanged, malformed JSON too.
 */
final class InlineImageFilter extends InputStream {

    private static final int MOST_KEY = 32;
    private static final String DATA = "data:";
    private static final int PREFIX = DATA.length();
    private static final int IN_NO_IMAGE = ' ';

    private enum State {
        OUTSIDE, STRING, STRING_ESCAPE, IMAGE, IMAGE_ESCAPE, IMAGE_UNICODE
    }

    private final InputStream in;
    private final Spool spool;
    private final Exchange exchange;
    private final long mostTextBytes;
    private final String wordStem = "inline:" + UUID.randomUUID() + ":";
    private final byte[] input = new byte[16 * 1024];
    private final Pending pending = new Pending();
    private State state = State.OUTSIDE;
    private final BitSet objects = new BitSet();
    private int depth;
    private boolean keyIsNext;
    private boolean undecided;
    private String key = "";
    private final StringBuilder text = new StringBuilder(MOST_KEY);
    private @Nullable InlineString image;
    private int images;
    private long textBytes;
    private int unicode;
    private int unicodeDigits;
    private boolean ended;

    InlineImageFilter(InputStream in, Spool spool, Exchange exchange, long mostTextBytes) {
        this.mostTextBytes = mostTextBytes;
        this.in = in;
        this.spool = spool;
        this.exchange = exchange;
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
            if (count < 0) {
                ended = true;
            }
            for (int i = 0; i < count; i++) {
                accept(input[i] & 0xff);
            }
        }
        int count = pending.drainTo(target, offset, length);
        textBytes += Math.max(0, count);
        if (textBytes > mostTextBytes) {
            throw new ApiException(ErrorMessage.TEXT_IS_TOO_LARGE).with("maximum", mostTextBytes);
        }
        return count;
    }

    private void accept(int value) throws IOException {
        switch (state) {
            case OUTSIDE -> outside(value);
            case STRING -> string(value);
            case STRING_ESCAPE -> {
                pending.write(value);
                state = State.STRING;
            }
            case IMAGE -> image(value);
            case IMAGE_ESCAPE -> imageEscape(value);
            case IMAGE_UNICODE -> imageUnicode(value);
        }
    }

    private void outside(int value) {
        pending.write(value);
        switch (value) {
            case '"' -> {
                text.setLength(0);
                undecided = !keyIsNext && (key.equals("image_url") || key.equals("image"));
                state = State.STRING;
            }
            case ':' -> {
                key = text.toString();
                keyIsNext = false;
            }
            case '{', '[' -> {
                objects.set(++depth, value == '{');
                keyIsNext = value == '{';
            }
            case '}', ']' -> depth = Math.max(0, depth - 1);
            case ',' -> keyIsNext = objects.get(depth);
            default -> {}
        }
    }

    private void string(int value) throws IOException {
        if (undecided) {
            undecided(value);
            return;
        }
        pending.write(value);
        if (value == '"') {
            state = State.OUTSIDE;
        } else if (value == '\\') {
            state = State.STRING_ESCAPE;
        } else if (text.length() < MOST_KEY) {
            text.append((char) value);
        }
    }

    /** Holds the first characters of a string back until they say whether it is an image. */
    private void undecided(int value) throws IOException {
        boolean over = value == '"' || value == '\\';
        if (!over) {
            text.append((char) value);
        }
        if (!over && text.length() < PREFIX) {
            return;
        }
        undecided = false;
        if (value == '\\' ? isEscapedImage() : isImage()) {
            startImage();
            if (over) {
                image(value);
            }
            return;
        }
        for (int i = 0; i < text.length(); i++) {
            pending.write(text.charAt(i));
        }
        if (over) {
            string(value);
        }
    }

    private boolean isImage() {
        String begin = text.toString().toLowerCase(Locale.ROOT);
        return begin.equals(DATA) || (key.equals("image") && !begin.isEmpty() && !begin.startsWith("http"));
    }

    /** Base64 of a jpeg begins with a slash, which some writers escape; links and data URLs show before any slash. */
    private boolean isEscapedImage() {
        return key.equals("image") && !text.toString().toLowerCase(Locale.ROOT).startsWith("http");
    }

    private void startImage() throws IOException {
        boolean dataUrl = text.toString().equalsIgnoreCase(DATA);
        InlineString started = new InlineString(dataUrl, exchange.closeLater(spool.newWriter()));
        for (int i = 0; i < text.length(); i++) {
            started.accept(text.charAt(i));
        }
        image = started;
        state = State.IMAGE;
    }

    private void image(int value) throws IOException {
        InlineString current = current();
        if (value == '\\') {
            state = State.IMAGE_ESCAPE;
        } else if (value == '"') {
            String word = wordStem + images++;
            exchange.put(word, current.finish(exchange));
            pending.write(word);
            pending.write('"');
            image = null;
            text.setLength(0);
            state = State.OUTSIDE;
        } else {
            current.accept(value);
        }
    }

    /** Some writers escape every slash, and some a plus sign as a Unicode number; what no image has makes it invalid. */
    private void imageEscape(int value) throws IOException {
        if (value == 'u') {
            unicode = 0;
            unicodeDigits = 0;
            state = State.IMAGE_UNICODE;
            return;
        }
        current().accept(switch (value) {
            case '/' -> '/';
            case 'n', 'r' -> '\n';
            default -> IN_NO_IMAGE;
        });
        state = State.IMAGE;
    }

    private void imageUnicode(int value) throws IOException {
        int digit = Character.digit(value, 16);
        if (digit < 0) {
            current().accept(IN_NO_IMAGE);
            state = State.IMAGE;
            image(value);
            return;
        }
        unicode = unicode << 4 | digit;
        if (++unicodeDigits == 4) {
            current().accept(unicode);
            state = State.IMAGE;
        }
    }

    private InlineString current() {
        InlineString current = image;
        if (current == null) {
            throw new IllegalStateException("no image has begun");
        }
        return current;
    }

    /** Bytes that the parser has not fetched yet. */
    private static final class Pending extends ByteArrayOutputStream {

        private int taken;

        boolean isEmpty() {
            return taken == count;
        }

        void write(String word) {
            writeBytes(word.getBytes(StandardCharsets.US_ASCII));
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
