package dev.retouch.server.intake;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.SequenceInputStream;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.IllegalCharsetNameException;
import java.nio.charset.StandardCharsets;
import java.nio.charset.UnsupportedCharsetException;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.contract.model.ErrorMessage;
import dev.retouch.server.error.ApiException;

/**
 * Converts JSON in other charsets to UTF-8 while it is read: by its byte order mark, by the position of its zero bytes (UTF-16 and
 * UTF-32, as RFC 4627 describes), or by the charset of its media type.
 */
final class JsonCharset {

    private static final int MARK = 4;

    private JsonCharset() {}

    /**
     * Returns the body in UTF-8. A body in UTF-8 passes unchanged.
     *
     * @param declared the charset of the media type; null if it has none
     */
    static InputStream utf8(InputStream body, @Nullable String declared) throws IOException {
        byte[] head = body.readNBytes(MARK);
        InputStream whole = new SequenceInputStream(new ByteArrayInputStream(head), body);
        Charset charset = detected(head, declared);
        return charset.equals(StandardCharsets.UTF_8) ? whole : new Converted(whole, charset);
    }

    private static Charset detected(byte[] head, @Nullable String declared) {
        int[] b = new int[MARK];
        for (int i = 0; i < MARK; i++) {
            b[i] = i < head.length ? head[i] & 0xff : 1;
        }
        if (b[0] == 0 && b[1] == 0 && (b[2] == 0 || b[2] == 0xfe)) {
            return StandardCharsets.UTF_32BE;
        }
        if (b[2] == 0 && b[3] == 0 && (b[1] == 0 || (b[0] == 0xff && b[1] == 0xfe))) {
            return StandardCharsets.UTF_32LE;
        }
        if ((b[0] == 0xfe && b[1] == 0xff) || (b[0] == 0 && b[2] == 0)) {
            return StandardCharsets.UTF_16BE;
        }
        if ((b[0] == 0xff && b[1] == 0xfe) || (b[1] == 0 && b[3] == 0)) {
            return StandardCharsets.UTF_16LE;
        }
        boolean marked = b[0] == 0xef && b[1] == 0xbb && b[2] == 0xbf;
        return marked || declared == null || declared.isBlank() ? StandardCharsets.UTF_8 : named(declared.strip());
    }

    private static Charset named(String name) {
        try {
            Charset charset = Charset.forName(name);
            return charset.equals(StandardCharsets.US_ASCII) ? StandardCharsets.UTF_8 : charset;
        } catch (IllegalCharsetNameException | UnsupportedCharsetException e) {
            throw malformed("the charset of its Content-Type is unknown; send UTF-8");
        }
    }

    private static ApiException malformed(String reason) {
        return new ApiException(ErrorMessage.JSON_IS_MALFORMED).withArgument("reason", reason);
    }

    /** Decodes from one charset and encodes in UTF-8, a block at a time. */
    private static final class Converted extends InputStream {

        private static final int CHARACTERS = 4 * 1024;
        private static final char BYTE_ORDER_MARK = '\ufeff';

        private final Charset charset;
        private final Reader reader;
        private final char[] characters = new char[CHARACTERS + 1];
        private byte[] block = new byte[0];
        private int taken;
        private boolean begun;

        Converted(InputStream in, Charset charset) {
            this.charset = charset;
            this.reader = new InputStreamReader(in, charset.newDecoder().onMalformedInput(CodingErrorAction.REPORT)
                    .onUnmappableCharacter(CodingErrorAction.REPORT));
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            while (taken == block.length) {
                int count = characters();
                if (count < 0) {
                    return -1;
                }
                int from = !begun && characters[0] == BYTE_ORDER_MARK ? 1 : 0;
                begun = true;
                block = new String(characters, from, count - from).getBytes(StandardCharsets.UTF_8);
                taken = 0;
            }
            int step = Math.min(length, block.length - taken);
            System.arraycopy(block, taken, target, offset, step);
            taken += step;
            return step;
        }

        /** Reads a block that does not end within a surrogate pair. */
        private int characters() throws IOException {
            try {
                int count = reader.read(characters, 0, CHARACTERS);
                if (count > 0 && Character.isHighSurrogate(characters[count - 1])) {
                    int low = reader.read();
                    if (low >= 0) {
                        characters[count++] = (char) low;
                    }
                }
                return count;
            } catch (CharacterCodingException e) {
                throw malformed("it is not " + charset.name() + " text");
            }
        }
    }
}
