package dev.retouch.server.intake;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.HexFormat;

import dev.retouch.server.fixture.ChunkedInputStream;

/** Fuzz target: a form is read alike in one piece and byte by byte. */
public final class MultipartFuzz {

    private static final String BOUNDARY = "b0undary";

    private MultipartFuzz() {}

    /** Called by the fuzzer. */
    public static void fuzzerTestOneInput(byte[] data) throws IOException {
        String whole = read(new ByteArrayInputStream(data));
        String single = read(ChunkedInputStream.single(data));
        if (!whole.equals(single)) {
            throw new AssertionError("whole: " + whole + "\nbyte by byte: " + single);
        }
    }

    private static String read(InputStream body) throws IOException {
        StringBuilder found = new StringBuilder();
        try {
            new MultipartParser(body, BOUNDARY, -1).parse(headers -> new MultipartParser.PartWriter() {

                private final ByteArrayOutputStream content = new ByteArrayOutputStream();

                @Override
                public void write(byte[] source, int offset, int length) {
                    content.write(source, offset, length);
                }

                @Override
                public void end() {
                    found.append(headers).append(' ').append(headers.charset()).append(' ').append(headers.isJson())
                            .append(HexFormat.of().formatHex(content.toByteArray())).append('\n');
                }
            });
        } catch (MalformedMultipartException e) {
            found.append(e.getMessage());
        }
        return found.toString();
    }
}
