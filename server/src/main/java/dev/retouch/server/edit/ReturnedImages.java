package dev.retouch.server.edit;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

import com.fasterxml.jackson.core.Base64Variants;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;

import dev.retouch.server.image.BadImageException;
import dev.retouch.server.image.ImageFacts;
import dev.retouch.server.image.ImageProbe;
import dev.retouch.server.price.TokenUsage;

/**
 * Counts the images of an answer and looks at the first bytes of each, while somebody else reads them or in an answer that
 * was put aside. Keeps a few kilobytes, whatever the size of the images.
 */
final class ReturnedImages {

    private static final int HEAD = 32 * 1024;

    private final ImageProbe probe = new ImageProbe();
    private final List<ImageFacts> facts = new ArrayList<>();
    private final ReportedUsage usage = new ReportedUsage();
    private int count;

    int count() {
        return count;
    }

    List<ImageFacts> facts() {
        return facts;
    }

    /** Looks at a whole answer. */
    void lookAt(InputStream answer, JsonFactory json) throws IOException {
        try (JsonParser parser = json.createParser(answer)) {
            for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
                if (token == JsonToken.FIELD_NAME && "b64_json".equals(parser.currentName())) {
                    parser.nextToken();
                    try (Tap tap = tap(OutputStream.nullOutputStream())) {
                        decode(parser, tap);
                    }
                } else {
                    hosted(parser, token);
                    at(parser, token);
                }
            }
        }
    }

    /** Looks at anything of an answer but the images. */
    void at(JsonParser parser, JsonToken token) throws IOException {
        usage.at(parser, token);
    }

    /** An upstream that hosts by itself; its image is not ours to fetch. */
    private void hosted(JsonParser parser, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_STRING && "url".equals(parser.currentName())) {
            count++;
        }
    }

    /** The tokens, where the answer tells them. */
    Optional<TokenUsage> usage() {
        return usage.usage();
    }

    /** Decodes the image that the parser is at; what is no base64 is the upstream's mistake, not one of the program. */
    static void decode(JsonParser parser, OutputStream image) throws IOException {
        try {
            parser.readBinaryValue(Base64Variants.MIME_NO_LINEFEEDS, image);
        } catch (IllegalArgumentException e) {
            throw new IOException("an image that is no base64", e);
        }
    }

    /** A stream that passes an image on and looks at its first bytes. */
    Tap tap(OutputStream onward) {
        return new Tap(onward);
    }

    /** One image on its way. */
    final class Tap extends OutputStream {

        private final OutputStream onward;
        private final ByteArrayOutputStream head = new ByteArrayOutputStream(1024);

        private Tap(OutputStream onward) {
            this.onward = onward;
        }

        @Override
        public void write(int value) throws IOException {
            write(new byte[]{(byte) value}, 0, 1);
        }

        @Override
        public void write(byte[] source, int offset, int length) throws IOException {
            head.write(source, offset, Math.min(length, HEAD - head.size()));
            onward.write(source, offset, length);
        }

        @Override
        public void close() throws IOException {
            count++;
            try {
                facts.add(probe.probe(new ByteArrayInputStream(head.toByteArray())));
            } catch (BadImageException e) {
                // what cannot be looked at is not compared
                return;
            }
        }
    }
}
