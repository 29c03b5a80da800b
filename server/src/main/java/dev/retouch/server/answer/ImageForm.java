package dev.retouch.server.answer;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Base64;

/** How an image is written into a JSON object: as base64, as a link, or as both. */
enum ImageForm {

    /** Base64 in {@code b64_json}; an image that is behind a link stays a link. */
    BASE64,
    /** A link in {@code url}. */
    LINK,
    /** Base64 and a link, for clients that know only one of them. */
    BOTH;

    private static final int BLOCK = 12 * 1024;

    /**
     * Writes the image as one or two members.
     *
     * @param host takes images that need a link; not used for base64
     */
    void write(ImagePayload image, AnswerOutput out, ImageHost host) throws IOException {
        switch (image) {
            case UrlPayload link -> link(link.url(), out);
            case Base64Payload text -> text(text, out, host);
            case BinaryPayload binary -> binary(binary, out, host);
        }
    }

    private static void link(String url, AnswerOutput out) throws IOException {
        out.name("url");
        out.string(url);
    }

    private void text(Base64Payload text, AnswerOutput out, ImageHost host) throws IOException {
        if (this == BASE64) {
            out.text("\"b64_json\":\"");
            for (ByteBuffer piece = text.next(); piece != null; piece = text.next()) {
                out.bytes(piece);
            }
            out.text("\"");
            return;
        }
        try (ImageHost.Upload upload = begin(host)) {
            Base64Sink sink = new Base64Sink(upload.out());
            if (this == BOTH) {
                out.text("\"b64_json\":\"");
            }
            for (ByteBuffer piece = text.next(); piece != null; piece = text.next()) {
                if (this == BOTH) {
                    int position = piece.position();
                    out.bytes(piece);
                    piece.position(position);
                }
                sink.accept(piece);
            }
            sink.finish();
            if (this == BOTH) {
                out.text("\",");
            }
            link(publish(upload), out);
        }
    }

    private void binary(BinaryPayload binary, AnswerOutput out, ImageHost host) throws IOException {
        if (this != LINK) {
            out.text("\"b64_json\":\"");
            encode(binary, out);
            out.text(this == BOTH ? "\"," : "\"");
        }
        if (this != BASE64) {
            try (ImageHost.Upload upload = begin(host); InputStream in = binary.bytes().open()) {
                in.transferTo(upload.out());
                link(publish(upload), out);
            }
        }
    }

    private static void encode(BinaryPayload binary, AnswerOutput out) throws IOException {
        byte[] block = new byte[BLOCK];
        byte[] text = new byte[BLOCK / 3 * 4];
        try (InputStream in = binary.bytes().open()) {
            for (int count = in.readNBytes(block, 0, BLOCK); count > 0; count = in.readNBytes(block, 0, BLOCK)) {
                int length = Base64.getEncoder().encode(count == BLOCK ? block : Arrays.copyOf(block, count), text);
                out.bytes(ByteBuffer.wrap(text, 0, length));
            }
        }
    }

    private static ImageHost.Upload begin(ImageHost host) throws AnswerStorageException {
        try {
            return host.begin();
        } catch (IOException e) {
            throw new AnswerStorageException(e);
        }
    }

    private static String publish(ImageHost.Upload upload) throws AnswerStorageException {
        try {
            return upload.publish();
        } catch (IOException e) {
            throw new AnswerStorageException(e);
        }
    }
}
