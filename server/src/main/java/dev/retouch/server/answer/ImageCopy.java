package dev.retouch.server.answer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.function.Consumer;

import org.jspecify.annotations.Nullable;

import dev.retouch.server.image.ImageBytes;
import dev.retouch.server.image.Spool;

/** Decodes a base64 image a second time while it passes. A failure ends the copy, and not the image. */
final class ImageCopy implements AnswerSource {

    private final AnswerSource rest;
    private final Spool.Writer writer;
    private final Base64Sink sink;
    private final Consumer<ImageBytes> whole;
    private boolean over;

    /**
     * Copies what passes.
     *
     * @param rest the text behind its beginning
     * @param writer where the copy is kept; its owner closes it if the image does not end
     * @param whole receives the copy at the end of the image, and does not close it
     */
    ImageCopy(AnswerSource rest, Spool.Writer writer, Consumer<ImageBytes> whole) {
        this.rest = rest;
        this.writer = writer;
        this.sink = new Base64Sink(writer);
        this.whole = whole;
    }

    @Override
    public @Nullable ByteBuffer next() throws IOException {
        ByteBuffer piece = rest.next();
        if (piece == null) {
            end();
        } else {
            copy(piece.duplicate());
        }
        return piece;
    }

    /** Copies the next characters. */
    void copy(ByteBuffer text) {
        if (over) {
            return;
        }
        try {
            sink.accept(text);
        } catch (IOException e) {
            over = true;
        }
    }

    private void end() {
        if (over) {
            return;
        }
        over = true;
        try {
            sink.finish();
            try (ImageBytes image = writer.finish()) {
                whole.accept(image);
            }
        } catch (IOException e) {
            return; // without a copy
        }
    }
}
