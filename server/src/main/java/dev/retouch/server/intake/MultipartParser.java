package dev.retouch.server.intake;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads a {@code multipart/form-data} body (RFC 7578) once, from front to back, and hands each part's bytes on as they
 * come. What it needs in memory is one buffer, whatever the size of the parts. The search for the boundary is
 * Horspool's: on image bytes it looks at about one byte in thirty.
 */
final class MultipartParser {

    private static final int BUFFER = 64 * 1024;
    private static final int MOST_HEADER_BYTES = 16 * 1024;

    private final InputStream in;
    private final byte[] delimiter;
    private final int[] skip = new int[256];
    private final byte[] buffer = new byte[BUFFER];
    private int start;
    private int end;

    /** Where the parts go. */
    interface PartSink {

        /** A part begins; its bytes go to the returned stream, which is closed at the part's end. */
        OutputStream begin(PartHeaders headers) throws IOException, MalformedMultipartException;
    }

    MultipartParser(InputStream in, String boundary) {
        this.in = in;
        this.delimiter = ("\r\n--" + boundary).getBytes(StandardCharsets.ISO_8859_1);
        Arrays.fill(skip, delimiter.length);
        for (int i = 0; i < delimiter.length - 1; i++) {
            skip[delimiter[i] & 0xff] = delimiter.length - 1 - i;
        }
    }

    /** Reads to the end of the body. A body of no bytes at all is a form without parts. */
    void parse(PartSink sink) throws IOException, MalformedMultipartException {
        // the first boundary need not stand behind a line end, so pretend that one came before it
        buffer[0] = '\r';
        buffer[1] = '\n';
        end = 2;
        if (!fill()) {
            return;
        }
        if (!copyToDelimiter(OutputStream.nullOutputStream())) {
            throw new MalformedMultipartException("its boundary does not occur in it");
        }
        while (!lastDelimiter()) {
            PartHeaders headers = PartHeaders.parse(headerBlock());
            try (OutputStream out = sink.begin(headers)) {
                if (!copyToDelimiter(out)) {
                    throw new MalformedMultipartException("it ends in the middle of the part '" + headers.name() + "'");
                }
            }
        }
        while (fillAfresh()) {
            start = end;
        }
    }

    /** Behind a delimiter stands {@code --} at the end of the body, and a line end otherwise. */
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
            if (block.size() > MOST_HEADER_BYTES) {
                throw new MalformedMultipartException(
                        "the headers of a part are longer than " + MOST_HEADER_BYTES + " bytes");
            }
        }
    }

    private int next() throws IOException, MalformedMultipartException {
        if (start == end && !fillAfresh()) {
            throw new MalformedMultipartException("it ends before its closing boundary");
        }
        return buffer[start++] & 0xff;
    }

    /** Hands on the bytes before the next delimiter and steps over it; false where none comes. */
    private boolean copyToDelimiter(OutputStream out) throws IOException {
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
