package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a {@code multipart/form-data} body (RFC 7578) once, front to back, and passes each part's bytes on as they arrive. Needs
 * one buffer of memory, whatever the size of the parts. The search for the boundary is Horspool's: on image bytes it looks at
 * about one byte in thirty.
 */
final class MultipartParser {

    private static final int MAX_BUFFER = 64 * 1024;
    /** Longer than a delimiter, whose boundary is limited. */
    private static final int MIN_BUFFER = 2 * 1024;
    private static final int MAX_HEADER_BYTES = 16 * 1024;

    private final InputStream in;
    private final byte[] delimiter;
    private final int[] skip = new int[256];
    private final byte[] buffer;
    private int start;
    private int end;

    /** Opens a writer for each part. */
    interface PartOpener {

        /** Called at the beginning of a part. */
        PartWriter begin(PartHeaders headers) throws IOException, MalformedMultipartException;
    }

    /** Receives the bytes of one part. */
    interface PartWriter {

        /** Receives the next bytes; they are valid during the call only. */
        void write(byte[] source, int offset, int length) throws IOException;

        /** Called at the end of the part; not called if the body ends within it. */
        void end() throws IOException, MalformedMultipartException;
    }

    /** Discards the preamble. */
    private static final class Preamble implements PartWriter {

        @Override
        public void write(byte[] source, int offset, int length) {
            // RFC 2046: what precedes the first boundary is ignored
        }

        @Override
        public void end() {
            // nothing was kept
        }
    }

    /**
     * A parser of this body.
     *
     * @param length the length of the body, for which a small buffer is enough if it is short; negative if it is not known
     */
    MultipartParser(InputStream in, String boundary, long length) {
        this.in = in;
        this.buffer = new byte[length < 0 ? MAX_BUFFER : Math.clamp(length + 2, MIN_BUFFER, MAX_BUFFER)];
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(skip, delimiter.length);
        for (int i = 0; i < delimiter.length - 1; i++) {
            skip[delimiter[i] & 0xff] = delimiter.length - 1 - i;
        }
    }

    /** Reads to the end of the body. An empty body is a form without parts. */
    void parse(PartOpener parts) throws IOException, MalformedMultipartException {
        // the first boundary may lack the line end before it, so the buffer begins with one
        buffer[0] = '\r';
        buffer[1] = '\n';
        end = 2;
        if (!fill()) {
            return;
        }
        if (!copyToDelimiter(new Preamble())) {
            throw new MalformedMultipartException("its boundary does not occur in it");
        }
        while (!lastDelimiter()) {
            PartHeaders headers = PartHeaders.parse(headerBlock());
            PartWriter part = parts.begin(headers);
            if (!copyToDelimiter(part)) {
                throw new MalformedMultipartException("it ends in the middle of the part '" + headers.name() + "'");
            }
            part.end();
        }
        while (fillAfresh()) {
            start = end;
        }
    }

    /** Reads the bytes after a delimiter: {@code --} at the end of the body, a line end otherwise. */
    private boolean lastDelimiter() throws IOException, MalformedMultipartException {
        int first = next();
        int second = next();
        if (first == '-' && second == '-') {
            start = end;
            return true;
        }
        while (first == ' ' || first == '\t') {
            first = second;
            second = next();
        }
        if (first != '\r' || second != '\n') {
            throw new MalformedMultipartException("a boundary is not followed by a line end");
        }
        return false;
    }

    private String headerBlock() throws IOException, MalformedMultipartException {
        ByteArrayOutputStream block = new ByteArrayOutputStream(256);
        int lineLength = 0;
        while (true) {
            int value = next();
            if (value == '\n') {
                if (lineLength == 0) {
                    return block.toString(StandardCharsets.UTF_8);
                }
                lineLength = 0;
            } else if (value != '\r') {
                lineLength++;
            }
            block.write(value);
            if (block.size() > MAX_HEADER_BYTES) {
                throw new MalformedMultipartException(
                        "the headers of a part are longer than " + MAX_HEADER_BYTES + " bytes");
            }
        }
    }

    private int next() throws IOException, MalformedMultipartException {
        if (start == end && !fillAfresh()) {
            throw new MalformedMultipartException("it ends before its closing boundary");
        }
        return buffer[start++] & 0xff;
    }

    /** Passes the bytes before the next delimiter on and skips the delimiter; false if there is none. */
    private boolean copyToDelimiter(PartWriter out) throws IOException {
        while (true) {
            int found = find();
            if (found >= 0) {
                out.write(buffer, start, found - start);
                start = found + delimiter.length;
                return true;
            }
            int keep = Math.min(delimiter.length - 1, end - start);
            out.write(buffer, start, end - start - keep);
            System.arraycopy(buffer, end - keep, buffer, 0, keep);
            start = 0;
            end = keep;
            if (!fill()) {
                return false;
            }
        }
    }

    private int find() {
        int last = delimiter.length - 1;
        int at = start;
        while (at + last < end) {
            byte probe = buffer[at + last];
            if (probe == delimiter[last] && Arrays.equals(buffer, at, at + last, delimiter, 0, last)) {
                return at;
            }
            at += skip[probe & 0xff];
        }
        return -1;
    }

    private boolean fillAfresh() throws IOException {
        start = 0;
        end = 0;
        return fill();
    }

    private boolean fill() throws IOException {
        int count = in.read(buffer, end, buffer.length - end);
        if (count <= 0) {
            return false;
        }
        end += count;
        return true;
    }
}
